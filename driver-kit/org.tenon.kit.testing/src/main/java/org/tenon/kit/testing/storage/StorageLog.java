package org.tenon.kit.testing.storage;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Stability;

/**
 * Everything a driver did to its storage, in the order in which it began. Safe for use by any
 * thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class StorageLog {
  private final Ticks ticks;
  private final List<StorageEvent> events = new ArrayList<>();

  StorageLog(Ticks ticks) {
    this.ticks = ticks;
  }

  /** The order in which its events lie. */
  public Ticks ticks() {
    return ticks;
  }

  /** What began so far. */
  public synchronized List<StorageEvent> events() {
    return List.copyOf(events);
  }

  /** How many of that kind began so far. */
  public synchronized long count(Class<? extends StorageEvent> kind) {
    return events.stream().filter(kind::isInstance).count();
  }

  synchronized StorageEvent.Change write(
      int file, int channel, long offset, byte[] data, boolean durable) {
    return add(StorageEvent.Change.write(ticks.next(), file, channel, offset, data, durable));
  }

  synchronized StorageEvent.Change zeroes(
      int file, int channel, long offset, long length, boolean durable) {
    return add(StorageEvent.Change.zeroes(ticks.next(), file, channel, offset, length, durable));
  }

  synchronized StorageEvent.Force force(int file, int channel) {
    return add(new StorageEvent.Force(ticks.next(), file, channel));
  }

  synchronized StorageEvent.Resize resize(int file, long size) {
    return add(new StorageEvent.Resize(ticks.next(), file, size));
  }

  synchronized void name(int file, String name) {
    add(new StorageEvent.Name(ticks.next(), file, name)).end(ticks.next());
  }

  synchronized void end(StorageEvent event) {
    event.end(ticks.next());
  }

  private <E extends StorageEvent> E add(E event) {
    events.add(event);
    return event;
  }
}
