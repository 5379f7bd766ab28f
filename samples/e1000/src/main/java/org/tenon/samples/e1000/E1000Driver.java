package org.tenon.samples.e1000;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/** The function: its BARs, its life, its saved state. */
final class E1000Driver implements DeviceDriver {
  static final int VENDOR = 0x8086;

  /** The 82540EM. */
  static final int DEVICE = 0x100e;

  static final int MEMORY_BAR = 0;
  static final int PORT_BAR = 2;
  static final int MEMORY_BYTES = 128 << 10;

  private static final int CLASS_ETHERNET = 0x020000;
  private static final int REVISION = 2;
  private static final int SUBSYSTEM = 0x001e;
  private static final int STATE_VERSION = 1;
  private static final PciFunctionDescription FUNCTION =
      PciFunctionDescription.of(VENDOR, DEVICE, CLASS_ETHERNET)
          .revision(REVISION)
          .subsystem(VENDOR, SUBSYSTEM)
          .bar(PciBar.memory32(MEMORY_BAR, MEMORY_BYTES))
          .bar(PciBar.ports(PORT_BAR, PortWindow.BYTES))
          .build();

  private final Controller controller;
  private final PortWindow ports;

  E1000Driver(MacAddress address, @Nullable WireEnd end, DeviceHost host) {
    controller = new Controller(address, end, host);
    ports = new PortWindow(controller);
  }

  @Override
  public PciFunctionDescription function() {
    return FUNCTION;
  }

  @Override
  public long read(int bar, int offset, int size) {
    return bar == MEMORY_BAR ? controller.read(offset) : ports.read(offset);
  }

  @Override
  public void write(int bar, int offset, int size, long value) {
    if (bar == MEMORY_BAR) {
      controller.write(offset, (int) value);
    } else {
      ports.write(offset, (int) value);
    }
  }

  @Override
  public void start() {
    controller.start();
  }

  @Override
  public void functionReset(int level) {
    controller.reset();
    ports.reset();
  }

  @Override
  public CompletionStage<Void> reset() {
    functionReset(ResetLevel.POWER);
    return CompletableFuture.completedStage(null);
  }

  /** Timers and board calls rest with the host, and nothing else reaches the guest. */
  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {}

  @Override
  public Health health() {
    return Health.up();
  }

  /** Frames on the wire do not move: a network loses some. */
  @Override
  public Migration migration() {
    return new Migration.Stateful(
        new Identifier("e1000"), STATE_VERSION, this::save, this::restore);
  }

  private void save(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    controller.save(out);
    ports.save(out);
    out.flush();
  }

  private void restore(int version, InputStream stream) throws IOException, DriverException {
    if (version != STATE_VERSION) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "an e1000 state of version %d; this driver reads version %d"
              .formatted(version, STATE_VERSION));
    }
    DataInputStream in = new DataInputStream(stream);
    try {
      controller.restore(in);
      ports.restore(in);
    } catch (EOFException e) {
      throw new DriverException(Status.INVALID, "the e1000 state ends too early", e);
    }
    if (in.read() >= 0) {
      throw new DriverException(Status.INVALID, "the e1000 state has bytes too many");
    }
  }

  @Override
  public void close() {
    controller.close();
  }
}
