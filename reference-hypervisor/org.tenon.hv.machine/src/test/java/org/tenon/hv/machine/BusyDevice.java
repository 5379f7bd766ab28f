package org.tenon.hv.machine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.Config;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/**
 * A function that, once written to, never rests: a thread of its own that nothing ends copies into
 * guest memory and interrupts as long as it is let, a timer that sets itself, a lease.
 */
final class BusyDevice implements DeviceDriverFactory, PlainFactory, PlainFunction {
  /** A write here begins; the value is where in guest memory. */
  static final int BEGIN = 0;

  /** A write here hangs until {@link #release}. */
  static final int HANG = 4;

  final List<String> events = new CopyOnWriteArrayList<>();
  final CountDownLatch release = new CountDownLatch(1);
  PciBar bar = PciBar.memory32(0, 4096);

  /** What happens besides in a reset and in close. */
  Consumer<String> onCall = call -> {};

  /** What its own thread does instead of copying. */
  @Nullable Consumer<DeviceHost> onThread;

  private @Nullable DeviceHost host;
  private volatile boolean closed;
  private final AtomicInteger refused = new AtomicInteger();

  DeviceHost host() {
    return Objects.requireNonNull(host);
  }

  /** How many copies were refused after close. */
  int refusedAfterClose() {
    return refused.get();
  }

  @Override
  public Identifier id() {
    return new Identifier("busy");
  }

  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) {
    return offer
        .accept()
        .take(
            DeviceCapabilities.MSI,
            DeviceCapabilities.INTX,
            DeviceCapabilities.BUS_MASTER,
            DeviceCapabilities.FUNCTION_RESET)
        .vectors(3)
        .build();
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost given) {
    host = given;
    events.add("open");
    return this;
  }

  @Override
  public PciFunctionDescription function() {
    return PciFunctionDescription.of(0x1234, 2, 0xff0000).bar(bar).build();
  }

  @Override
  public long read(int at, int offset, int size) {
    return 0x600d;
  }

  @Override
  public void write(int at, int offset, int size, long value) {
    if (offset == BEGIN) {
      begin(value);
    } else if (offset == HANG) {
      hang();
    }
  }

  /** Whatever interrupts it. */
  void hang() {
    boolean over = false;
    while (!over) {
      try {
        release.await();
        over = true;
      } catch (InterruptedException e) {
        events.add("interrupted");
      }
    }
  }

  private void begin(long address) {
    host().lease(address + 4096, 4096, DmaAccess.READ_WRITE);
    tick();
    Consumer<DeviceHost> own = onThread;
    Thread thread =
        new Thread(own == null ? () -> copyForEver(address) : () -> own.accept(host()), "busy");
    thread.setDaemon(true);
    thread.start();
  }

  private void tick() {
    host().clock().schedule(Duration.ofNanos(1000), this::tick);
    host().setIntx(true);
  }

  private void copyForEver(long address) {
    MemorySegment number = MemorySegment.ofArray(new byte[2048]);
    for (byte i = 1; refused.get() < 100; i++) {
      number.fill(i);
      int status = host().dmaWrite(address, number, 0, 2048);
      host().signal(2);
      host().setIntx(true);
      if (closed && status == Status.DENIED) {
        refused.incrementAndGet();
      }
    }
  }

  @Override
  public void functionReset(int level) {
    call("reset " + ResetLevel.name(level));
  }

  private void call(String name) {
    events.add(name);
    onCall.accept(name);
  }

  @Override
  public void close() {
    call("close");
    closed = true;
  }
}
