package org.tenon.hv.machine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.tenon.api.Identifier;
import org.tenon.spi.Config;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;

/** A function that writes a letter into guest memory, at once or 100 µs later. */
final class LetterDevice implements DeviceDriverFactory, PlainFactory {
  static final int ADDRESS = 0;
  static final int NOW = 4;
  static final int LATER = 8;

  private static final Duration DELAY = Duration.ofNanos(100_000);

  @Override
  public Identifier id() {
    return new Identifier("letter");
  }

  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) {
    return offer.accept().take(DeviceCapabilities.BUS_MASTER).build();
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host) {
    return new Opened(host);
  }

  private static final class Opened implements PlainFunction {
    private final DeviceHost host;
    private final MemorySegment letter = MemorySegment.ofArray(new byte[1]);
    private long address;

    /** The letter that is still to come, or 0, and when. */
    private long later;

    private long due;

    Opened(DeviceHost host) {
      this.host = host;
    }

    @Override
    public PciFunctionDescription function() {
      return PciFunctionDescription.of(0x1234, 1, 0xff0000).bar(PciBar.memory32(0, 4096)).build();
    }

    @Override
    public long read(int bar, int offset, int size) {
      return 0;
    }

    @Override
    public void write(int bar, int offset, int size, long value) {
      switch (offset) {
        case ADDRESS -> address = value;
        case NOW -> put(value);
        case LATER -> schedule(value, DELAY.toNanos());
        default -> {}
      }
    }

    private void schedule(long value, long nanos) {
      later = value;
      due = host.clock().nanoTime() + nanos;
      host.clock().schedule(Duration.ofNanos(nanos), () -> put(value));
    }

    private void put(long value) {
      later = 0;
      letter.set(ValueLayout.JAVA_BYTE, 0, (byte) value);
      host.dmaWrite(address, letter, 0, 1);
    }

    @Override
    public void functionReset(int level) {
      address = 0;
    }

    @Override
    public void start() {
      if (later != 0) {
        schedule(later, due);
      }
    }

    @Override
    public Migration migration() {
      return new Migration.Stateful(
          new Identifier("letter"), 1, this::save, (version, in) -> restore(in));
    }

    private void save(OutputStream stream) throws IOException {
      DataOutputStream out = new DataOutputStream(stream);
      out.writeLong(address);
      out.writeLong(later);
      out.writeLong(later == 0 ? 0 : due - host.clock().nanoTime());
    }

    private void restore(InputStream stream) throws IOException {
      DataInputStream in = new DataInputStream(stream);
      address = in.readLong();
      later = in.readLong();
      due = in.readLong();
    }
  }
}
