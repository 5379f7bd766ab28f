package org.tenon.tck.device;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/**
 * A function that uses everything of the SPI, and breaks one promise: registers, a doorbell that
 * copies a note into guest memory and interrupts, one that does so later, and one that borrows the
 * memory.
 */
final class NoteFunction implements DeviceDriver {
  private static final int SCRATCH = 0;
  private static final int ADDRESS = 4;
  private static final int NOW = 8;
  private static final int LATER = 12;
  private static final int BORROW = 16;
  private static final int USE_BORROWED = 20;
  private static final int COUNT = 24;

  /** What a guest can see of it. */
  static final class Registers {
    int scratch;
    int address;
    int count;
  }

  private final Defect defect;
  private final DeviceAgreement agreement;
  private final DeviceHost host;
  private final Registers registers;
  private final MemorySegment note = MemorySegment.ofArray(new byte[16]);
  private HostClock.@Nullable Timer timer;
  private @Nullable DmaLease lease;
  private int reads;
  private int revision = 1;
  private boolean closed;

  NoteFunction(Defect defect, DeviceAgreement agreement, DeviceHost host, Registers registers) {
    this.defect = defect;
    this.agreement = agreement;
    this.host = host;
    this.registers = registers;
  }

  @Override
  public PciFunctionDescription function() {
    if (defect == Defect.CHANGES_ITS_REVISION) {
      revision = revision + 1 & 0xff;
    }
    PciFunctionDescription.Builder described =
        PciFunctionDescription.of(0x1234, 0x40, 0xff0000)
            .revision(revision)
            .bar(PciBar.memory32(0, 4096))
            .bar(PciBar.ports(1, 16));
    boolean msix =
        agreement.has(DeviceCapabilities.MSIX) || defect == Defect.DESCRIBES_AN_UNAGREED_MSIX_BAR;
    return (msix ? described.msixBar(2) : described).build();
  }

  @Override
  public void start() {
    if (defect == Defect.INTERRUPTS_BEFORE_START) {
      host.signal(0);
      host.setIntx(true);
    }
  }

  @Override
  public long read(int bar, int offset, int size) {
    reads++;
    if (defect == Defect.BLOCKS_IN_A_READ && reads == 20) {
      LockSupport.parkNanos(2_500_000_000L);
    }
    return switch (offset) {
      case SCRATCH -> registers.scratch;
      case ADDRESS -> registers.address;
      case COUNT -> defect == Defect.COUNTS_ITS_READS ? reads : registers.count;
      default -> 0;
    };
  }

  @Override
  public void write(int bar, int offset, int size, long value) {
    if (defect == Defect.THROWS_ON_A_BAD_VALUE && value == 0xffffffffL) {
      throw new IllegalArgumentException("no such value");
    }
    switch (offset) {
      case SCRATCH -> registers.scratch = (int) value;
      case ADDRESS -> registers.address = (int) value;
      case NOW -> copy();
      case LATER -> copyLater();
      case BORROW -> borrow();
      case USE_BORROWED -> useBorrowed();
      default -> {}
    }
  }

  private void copy() {
    long stamp =
        defect == Defect.ASKS_THE_HOSTS_CLOCK ? System.nanoTime() : host.clock().nanoTime();
    note.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, stamp);
    if (agreement.has(DeviceCapabilities.BUS_MASTER) || defect == Defect.COPIES_WITHOUT_AGREEMENT) {
      long address = Integer.toUnsignedLong(registers.address);
      int status = host.dmaWrite(address, note, 0, note.byteSize());
      registers.count += status == Status.OK ? 1 : 0;
      if (defect == Defect.DIES_OF_A_REFUSED_COPY && status != Status.OK) {
        throw new IllegalStateException("the copy was refused");
      }
    }
    if (defect == Defect.ASKS_THE_HOSTS_CLOCK) {
      registers.scratch = (int) stamp;
    }
    interrupt();
  }

  private void interrupt() {
    if (agreement.has(DeviceCapabilities.INTX) || defect == Defect.RAISES_A_PIN_IT_HAS_NOT) {
      host.setIntx(true);
      host.setIntx(false);
    }
    if (agreement.hasMessages() || defect == Defect.SIGNALS_WITHOUT_AGREEMENT) {
      boolean high = defect == Defect.SIGNALS_A_VECTOR_TOO_HIGH;
      host.signal(high ? agreement.vectors() : agreement.vectors() - 1);
    }
  }

  private void copyLater() {
    stopTimer();
    timer =
        host.clock()
            .schedule(
                Duration.ofMinutes(1),
                () -> {
                  timer = null;
                  copy();
                });
  }

  private void stopTimer() {
    HostClock.Timer set = timer;
    if (set != null) {
      set.cancel();
      timer = null;
    }
  }

  private void borrow() {
    giveBack();
    if (agreement.has(DeviceCapabilities.BUS_MASTER)) {
      lease = host.lease(Integer.toUnsignedLong(registers.address), 64, DmaAccess.READ_WRITE);
    }
  }

  private void useBorrowed() {
    DmaLease borrowed = lease;
    boolean mayUse =
        borrowed != null && (!borrowed.isRevoked() || defect == Defect.KEEPS_A_LEASE_TOO_LONG);
    if (borrowed != null && mayUse) {
      borrowed.part(0).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      borrowed.written(0, 1);
    }
  }

  private void giveBack() {
    DmaLease borrowed = lease;
    if (borrowed != null) {
      borrowed.close();
      lease = null;
    }
  }

  @Override
  public void functionReset(int level) {
    boolean known = level >= ResetLevel.FUNCTION && level <= ResetLevel.POWER;
    if (defect == Defect.IGNORES_UNKNOWN_RESETS && !known) {
      return;
    }
    if (defect != Defect.RINGS_AFTER_A_RESET) {
      stopTimer();
    }
    giveBack();
    if (defect == Defect.BEGINS_ANEW_WHEN_PULLED_OUT && level == ResetLevel.POWER) {
      host.clock().schedule(Duration.ofSeconds(1), () -> registers.count = 0);
    }
    registers.scratch = 0;
    registers.count = 0;
    registers.address = defect == Defect.RESETS_BY_HALF ? registers.address : 0;
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {
    if (defect == Defect.FORGETS_IN_A_PAUSE) {
      registers.scratch = 0;
    }
  }

  @Override
  public CompletionStage<Void> reset() {
    if (defect != Defect.OPERATORS_RESET_DOES_NOTHING) {
      functionReset(ResetLevel.POWER);
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public Health health() {
    if (defect == Defect.INTERRUPTS_AT_REST) {
      interrupt();
    }
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateful(new Identifier("note"), 1, this::save, this::restore);
  }

  private void save(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeInt(defect == Defect.FORGETS_ON_THE_MOVE ? 0 : registers.scratch);
    out.writeInt(registers.address);
    out.writeInt(registers.count);
    out.writeBoolean(timer != null);
    out.flush();
  }

  private void restore(int version, InputStream stream) throws IOException, DriverException {
    byte[] state = stream.readAllBytes();
    if (state.length != 13 && defect != Defect.READS_A_DAMAGED_STATE_BLINDLY) {
      throw new DriverException(Status.INVALID, "a note's state has 13 bytes, not " + state.length);
    }
    MemorySegment bytes = MemorySegment.ofArray(state);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      registers.scratch = in.readInt();
      registers.address = in.readInt();
      registers.count = in.readInt();
    }
    if (bytes.get(ValueLayout.JAVA_BYTE, 12) != 0) {
      copyLater();
    }
  }

  @Override
  public void close() {
    if (closed && defect == Defect.CLOSES_ONCE_ONLY) {
      throw new IllegalStateException("closed already");
    }
    closed = true;
    if (defect != Defect.LEAVES_A_TIMER) {
      stopTimer();
    }
    if (defect != Defect.GIVES_NO_LEASE_BACK) {
      giveBack();
    }
  }
}
