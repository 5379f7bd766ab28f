package org.tenon.tck.mutants.net;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.tenon.kit.testing.wire.Wire;

/** A wire within the process, all of whose sides are seen. A driver finds its own by a number. */
public final class MemoryWire implements Wire {
  static final String SETTING = "wire";

  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final Map<String, MemoryWire> LAID = new ConcurrentHashMap<>();

  /** The card at the wire. */
  interface End {
    /** A frame has come. */
    void arrive(byte[] frame);

    /** The link has gone up or down. */
    void linkIs(boolean up);
  }

  private final String number = Long.toString(NUMBERS.getAndIncrement());
  private final boolean loops;
  private final LinkedBlockingQueue<byte[]> left = new LinkedBlockingQueue<>();
  private volatile @Nullable End card;

  /**
   * A wire.
   *
   * @param loops whether what is sent comes back
   */
  MemoryWire(boolean loops) {
    this.loops = loops;
    LAID.put(number, this);
  }

  static @Nullable MemoryWire find(String number) {
    return LAID.get(number);
  }

  void plug(End end) {
    card = end;
  }

  void unplug() {
    card = null;
  }

  void send(byte[] frame) {
    if (loops) {
      inject(frame);
    } else {
      left.add(frame);
    }
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(SETTING, number);
  }

  @Override
  public void inject(byte[] frame) {
    Objects.requireNonNull(card, "no card is on the wire").arrive(frame.clone());
  }

  @Override
  public Optional<byte[]> observe(Duration limit) {
    try {
      return Optional.ofNullable(left.poll(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void setLink(boolean up) {
    Objects.requireNonNull(card, "no card is on the wire").linkIs(up);
  }

  @Override
  public void close() {
    LAID.remove(number);
  }
}
