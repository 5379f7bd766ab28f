package org.tenon.hv.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Migration;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;

/** A driver whose behaviour a test says: its registers hold what was written until told else. */
final class ScriptedFunction implements DeviceDriverFactory, DeviceDriver {
  /** What a read or a write does besides. */
  interface OnAccess {
    void at(int bar, int offset, long value);
  }

  final List<String> calls = new ArrayList<>();
  Function<DeviceOffer, DeviceAgreement> negotiation =
      offer ->
          offer
              .accept()
              .take(
                  DeviceCapabilities.MSIX,
                  DeviceCapabilities.INTX,
                  DeviceCapabilities.BUS_MASTER,
                  DeviceCapabilities.FUNCTION_RESET)
              .vectors(3)
              .build();
  PciFunctionDescription description =
      PciFunctionDescription.of(0x1234, 0x5678, 0x020000)
          .revision(7)
          .subsystem(0xabcd, 0x42)
          .bar(PciBar.memory32(0, 4096))
          .bar(PciBar.ports(1, 32).withRegisters(0))
          .bar(PciBar.memory64(2, 1 << 16))
          .msixBar(4)
          .build();
  OnAccess onRead = (bar, offset, value) -> {};
  OnAccess onWrite = (bar, offset, value) -> {};
  Runnable onClose = () -> {};
  Runnable onReset = () -> {};
  private final int[] words = new int[1 << 14];
  private @Nullable DeviceHost host;
  @Nullable Thread thread;

  DeviceHost host() {
    return Objects.requireNonNull(host);
  }

  @Override
  public Identifier id() {
    return new Identifier("scripted");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) {
    return negotiation.apply(offer);
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost given) {
    host = given;
    thread = Thread.currentThread();
    return this;
  }

  @Override
  public PciFunctionDescription function() {
    return description;
  }

  private void entered(String call) {
    calls.add(call);
    if (!Thread.currentThread().equals(thread)) {
      throw new IllegalStateException(call + " on " + Thread.currentThread());
    }
  }

  @Override
  public long read(int bar, int offset, int size) {
    entered("read");
    onRead.at(bar, offset, 0);
    return words[offset / 4];
  }

  @Override
  public void write(int bar, int offset, int size, long value) {
    entered("write");
    words[offset / 4] = (int) value;
    onWrite.at(bar, offset, value);
  }

  @Override
  public void functionReset(int level) {
    entered("reset " + level);
    onReset.run();
  }

  @Override
  public void start() {
    entered("start");
  }

  @Override
  public CompletionStage<Void> quiesce() {
    entered("quiesce");
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {
    entered("resume");
  }

  @Override
  public CompletionStage<Void> reset() {
    entered("reset");
    return CompletableFuture.completedStage(null);
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public void close() {
    entered("close");
    onClose.run();
  }
}
