package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Stability;

/** What the observed files hold: names, and contents by file number. For one thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class StorageImage {
  /** The largest file that fits an image, in bytes. Scratch storage for power cuts is small. */
  public static final long MAX_FILE = 64L << 20;

  private final SortedMap<String, Integer> names = new TreeMap<>();
  private final SortedMap<Integer, byte[]> contents = new TreeMap<>();

  StorageImage() {}

  /** The same again, to change on its own. */
  StorageImage copy() {
    StorageImage copy = new StorageImage();
    copy.names.putAll(names);
    contents.forEach((file, bytes) -> copy.contents.put(file, bytes.clone()));
    return copy;
  }

  void put(int file, String name, byte[] bytes) {
    names.put(name, file);
    contents.put(file, bytes);
  }

  /** Carries an event out, whole. */
  void apply(StorageEvent event) {
    switch (event) {
      case StorageEvent.Change change -> apply(change, 0, change.length());
      case StorageEvent.Resize resize -> resize(resize.file(), resize.size(), resize.size());
      case StorageEvent.Name name -> rename(name);
      case StorageEvent.Force _ -> {}
    }
  }

  /** Carries out {@code count} bytes of a change, from {@code from}. */
  void apply(StorageEvent.Change change, long from, long count) {
    long end = change.offset() + from + count;
    byte[] bytes = resize(change.file(), end, MAX_FILE);
    change.copyTo((int) from, bytes, (int) (change.offset() + from), (int) count);
  }

  /** The contents of the file with that name, or none if there is no such file. */
  byte[] contents(String name) {
    Integer file = names.get(name);
    return file == null ? new byte[0] : contents.getOrDefault(file, new byte[0]);
  }

  /** Makes the real files hold this, and removes those that {@code known} names beyond it. */
  void writeTo(Iterable<String> known) throws IOException {
    for (String name : known) {
      if (!names.containsKey(name)) {
        Files.deleteIfExists(Path.of(name));
      }
    }
    for (String name : names.keySet()) {
      Files.write(Path.of(name), contents(name));
    }
  }

  /**
   * Whether the real files hold this once the events are carried out on it, in an order that their
   * overlaps in time allow: of two changes in flight together either may be the later one.
   */
  boolean explains(List<StorageEvent> events) throws IOException {
    StorageImage expected = copy();
    events.forEach(expected::apply);
    for (var entry : expected.names.entrySet()) {
      Path path = Path.of(entry.getKey());
      if (!Files.exists(path) || Files.size(path) > MAX_FILE) {
        return false;
      }
      byte[] actual = Files.readAllBytes(path);
      byte[] likely = expected.contents(entry.getKey());
      if (actual.length != likely.length) {
        return false;
      }
      int file = entry.getValue();
      for (int at = 0; at < actual.length; at++) {
        if (actual[at] != likely[at] && !mayHold(events, file, at, actual[at])) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether the byte may come from a change that no later one is known to have covered. */
  private boolean mayHold(List<StorageEvent> events, int file, int at, byte value) {
    List<StorageEvent.Change> covering =
        events.stream()
            .filter(event -> event.file() == file)
            .filter(StorageEvent.Change.class::isInstance)
            .map(StorageEvent.Change.class::cast)
            .filter(change -> change.covers(at))
            .toList();
    long lastCertain =
        covering.stream()
            .filter(change -> change.ended() != Ticks.NEVER)
            .mapToLong(StorageEvent.Change::begun)
            .max()
            .orElse(-1);
    byte[] before = contents.getOrDefault(file, new byte[0]);
    boolean untouched = lastCertain < 0 && at < before.length && before[at] == value;
    return untouched
        || covering.stream()
            .anyMatch(change -> change.ended() >= lastCertain && change.byteAt(at) == value);
  }

  private void rename(StorageEvent.Name name) {
    if (name.file() == StorageEvent.Name.NO_FILE) {
      names.remove(name.name());
    } else {
      names.put(name.name(), name.file());
      contents.putIfAbsent(name.file(), new byte[0]);
    }
  }

  private byte[] resize(int file, long atLeast, long atMost) {
    byte[] bytes = contents.getOrDefault(file, new byte[0]);
    long size = Math.clamp(bytes.length, atLeast, Math.max(atLeast, atMost));
    if (size > MAX_FILE) {
      throw new IllegalStateException(
          "file %d grows to %d bytes: power cuts are played on files of at most %d"
              .formatted(file, size, MAX_FILE));
    }
    if (size != bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) size);
      contents.put(file, bytes);
    }
    return bytes;
  }
}
