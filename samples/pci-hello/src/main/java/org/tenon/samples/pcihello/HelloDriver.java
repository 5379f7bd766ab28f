package org.tenon.samples.pcihello;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.HostClock;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/** The function: BAR 0 has its registers, 32 bits each. */
final class HelloDriver implements DeviceDriver {
  /** The id that emulators share; a vendor uses its own, from the PCI-SIG. */
  static final int VENDOR = 0x1234;

  static final int DEVICE = 0x7e40;
  static final int CLASS_UNASSIGNED = 0xff0000;

  /** Reads {@link #MAGIC}, as a guest's driver checks first. */
  static final int IDENTITY = 0x00;

  /** Holds what is written. */
  static final int SCRATCH = 0x04;

  /** Where in guest memory the greeting goes. */
  static final int ADDRESS_LOW = 0x08;

  static final int ADDRESS_HIGH = 0x0c;

  /** How long after the doorbell, in microseconds of machine time. */
  static final int DELAY = 0x10;

  /** A write of n has the first n bytes of the greeting written; reads how long that is. */
  static final int DOORBELL = 0x14;

  /** How the last one ended: a status code, or all ones before the first. */
  static final int STATUS = 0x18;

  /** How many there were. */
  static final int GREETINGS = 0x1c;

  /** Bit 0: a greeting was written, or failed; writing 1 there clears it and lowers the pin. */
  static final int INTERRUPT = 0x20;

  static final int MAGIC = 0x6f6c6c48;
  private static final int REGISTER_BAR = 0;
  private static final int MSIX_BAR = 1;
  private static final int BAR_BYTES = 4096;

  private final DeviceAgreement agreement;
  private final DeviceHost host;
  private final byte[] greeting;
  private final MemorySegment bytes;
  private final PciFunctionDescription function;
  private final HelloRegisters registers = new HelloRegisters();
  private HostClock.@Nullable Timer timer;

  /** When the timer rings, in machine time. */
  private long due;

  HelloDriver(DeviceAgreement agreement, byte[] greeting, DeviceHost host) {
    this.agreement = agreement;
    this.host = host;
    this.greeting = greeting;
    bytes = MemorySegment.ofArray(greeting);
    PciFunctionDescription.Builder described =
        PciFunctionDescription.of(VENDOR, DEVICE, CLASS_UNASSIGNED)
            .revision(1)
            .bar(PciBar.memory32(REGISTER_BAR, BAR_BYTES));
    function =
        (agreement.has(DeviceCapabilities.MSIX) ? described.msixBar(MSIX_BAR) : described).build();
  }

  @Override
  public PciFunctionDescription function() {
    return function;
  }

  @Override
  public long read(int bar, int offset, int size) {
    return switch (offset) {
      case IDENTITY -> MAGIC;
      case SCRATCH -> registers.scratch;
      case ADDRESS_LOW -> registers.addressLow;
      case ADDRESS_HIGH -> registers.addressHigh;
      case DELAY -> registers.delayMicros;
      case DOORBELL -> greeting.length;
      case STATUS -> registers.status;
      case GREETINGS -> registers.greetings;
      case INTERRUPT -> registers.interrupting ? 1 : 0;
      default -> 0;
    };
  }

  @Override
  public void write(int bar, int offset, int size, long value) {
    int word = (int) value;
    switch (offset) {
      case SCRATCH -> registers.scratch = word;
      case ADDRESS_LOW -> registers.addressLow = word;
      case ADDRESS_HIGH -> registers.addressHigh = word;
      case DELAY -> registers.delayMicros = word;
      case DOORBELL -> ring(word);
      case INTERRUPT -> acknowledge(word);
      default -> {}
    }
  }

  /** At once, or when the delay is over; one doorbell at a time. */
  private void ring(int length) {
    stopTimer();
    if (registers.delayMicros == 0) {
      greet(length);
    } else {
      registers.delayedLength = length;
      greetLater(1000 * Integer.toUnsignedLong(registers.delayMicros));
    }
  }

  private void greetLater(long nanos) {
    due = host.clock().nanoTime() + nanos;
    timer = host.clock().schedule(Duration.ofNanos(nanos), () -> greet(registers.delayedLength));
  }

  /** Writes what fits, says how it went, and interrupts: in this order, as the guest relies on. */
  private void greet(int length) {
    timer = null;
    int count = Integer.compareUnsigned(length, greeting.length) > 0 ? greeting.length : length;
    registers.status = host.dmaWrite(registers.address(), bytes, 0, count);
    registers.greetings += registers.status == Status.OK ? 1 : 0;
    registers.interrupting = true;
    drivePin();
    if (agreement.hasMessages()) {
      host.signal(0);
    }
  }

  private void acknowledge(int word) {
    if ((word & 1) != 0) {
      registers.interrupting = false;
      drivePin();
    }
  }

  private void drivePin() {
    if (agreement.has(DeviceCapabilities.INTX)) {
      host.setIntx(registers.interrupting);
    }
  }

  private void stopTimer() {
    HostClock.Timer set = timer;
    if (set != null) {
      set.cancel();
      timer = null;
    }
  }

  @Override
  public void functionReset(int level) {
    stopTimer();
    registers.reset();
    drivePin();
  }

  /** A state that was restored may hold a doorbell whose delay is not over. */
  @Override
  public void start() {
    drivePin();
    if (registers.delayedNanos != HelloRegisters.NOT_RUNG) {
      greetLater(registers.delayedNanos);
    }
  }

  /** Timers do not ring in a pause, and nothing else happens by itself. */
  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {
    drivePin();
  }

  @Override
  public CompletionStage<Void> reset() {
    functionReset(ResetLevel.POWER);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateful(
        new Identifier("pci-hello"), HelloRegisters.VERSION, this::save, registers::restore);
  }

  private void save(OutputStream out) throws IOException {
    registers.delayedNanos =
        timer == null ? HelloRegisters.NOT_RUNG : Math.max(0, due - host.clock().nanoTime());
    registers.save(out);
  }

  @Override
  public void close() {
    stopTimer();
  }
}
