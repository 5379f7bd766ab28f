package org.tenon.kit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.tenon.api.Stability;

/**
 * The memory of a guest whose function is under test: 3 MiB from 1 MiB on, in two regions that meet
 * at 3 MiB; all else is no RAM. A file that is mapped anew for each lease, so that one can be taken
 * back while the bytes stay. Any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestRam implements AutoCloseable {
  /** The first address. */
  public static final long BASE = 1 << 20;

  /** Where the second region begins. */
  public static final long SEAM = 3 << 20;

  /** The first address beyond. */
  public static final long END = 4 << 20;

  private final Path file;
  private final FileChannel channel;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes;

  GuestRam() {
    try {
      file = Files.createTempFile("tenon-guest-", ".ram");
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, END - BASE, arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether all of it is RAM; address and length are unsigned. */
  public static boolean holds(long address, long length) {
    return address >= BASE && length >= 0 && address <= END && length <= END - address;
  }

  /**
   * Reads.
   *
   * @throws IndexOutOfBoundsException if it is no RAM
   */
  public byte[] read(long address, int length) {
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, address - BASE, MemorySegment.ofArray(copy), 0, length);
    return copy;
  }

  /**
   * Writes.
   *
   * @throws IndexOutOfBoundsException if it is no RAM
   */
  public void write(long address, byte[] data) {
    MemorySegment.copy(MemorySegment.ofArray(data), 0, bytes, address - BASE, data.length);
  }

  /** All of it, for comparison. */
  public byte[] snapshot() {
    return read(BASE, (int) (END - BASE));
  }

  void copyOut(long address, MemorySegment into, long offset, long length) {
    MemorySegment.copy(bytes, address - BASE, into, offset, length);
  }

  void copyIn(long address, MemorySegment from, long offset, long length) {
    MemorySegment.copy(from, offset, bytes, address - BASE, length);
  }

  /** The same bytes at another place of the host's memory, as long as the arena lives. */
  MemorySegment alias(long address, long length, Arena lease) {
    try {
      return channel.map(FileChannel.MapMode.READ_WRITE, address - BASE, length, lease);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    arena.close();
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
