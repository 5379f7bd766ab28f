package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  /** Whether the real files hold this. */
  boolean isOnDisk() throws IOException {
    for (String name : names.keySet()) {
      Path path = Path.of(name);
      if (!Files.exists(path)
          || Files.size(path) > MAX_FILE
          || !Arrays.equals(Files.readAllBytes(path), contents(name))) {
        return false;
      }
    }
    return true;
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
