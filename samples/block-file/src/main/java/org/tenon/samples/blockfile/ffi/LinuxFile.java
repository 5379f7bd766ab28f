package org.tenon.samples.blockfile.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A second handle on a file that {@code java.nio} has open as well, for fallocate(2) and for a lock
 * of its own. Reads and writes stay with {@code java.nio}; the kernel keeps both views of the file
 * the same. For any thread.
 */
public final class LinuxFile implements AutoCloseable {
  /** What {@link #allocate} does to a range; FALLOC_FL_* of linux/falloc.h. */
  public enum Mode {
    /** Reserves space and keeps the data. */
    RESERVE(0),
    /** Gives the space back; the range reads as zeroes. PUNCH_HOLE with KEEP_SIZE. */
    PUNCH_HOLE(0x03),
    /** Keeps or reserves the space; the range reads as zeroes. ZERO_RANGE with KEEP_SIZE. */
    ZERO_RANGE(0x11);

    private final int flags;

    Mode(int flags) {
      this.flags = flags;
    }
  }

  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;
  private static final int FLOCK_BYTES = 32;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EACCES = 13;
  private static final int ENOSPC = 28;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;
  private static final int EDQUOT = 122;

  private final LibC libc;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(LibC.CAPTURED);
  private int handle;

  private LinuxFile(LibC libc, Path path, boolean writable) throws IOException {
    this.libc = libc;
    MemorySegment name = arena.allocateFrom(path.toString());
    handle = retry(() -> libc.open(errno, name, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
    if (handle < 0) {
      IOException failure = failure("open");
      arena.close();
      throw failure;
    }
  }

  /**
   * Opens the file once more.
   *
   * @return null where there is no such handle: the path is not on the default file system, the
   *     system is not a 64-bit Linux, or the host denies the bundle native access
   * @throws IOException if the file cannot be opened
   */
  public static @Nullable LinuxFile open(Path path, boolean writable) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      return null;
    }
    LibC libc = LibC.find();
    return libc == null ? null : new LinuxFile(libc, path.toAbsolutePath(), writable);
  }

  /**
   * Locks the whole file for this handle (an open-file-description lock, fcntl(2)). Unlike the lock
   * of a {@code FileChannel} it also keeps out other opens of this process, and stays when one of
   * them is closed. Ends with {@link #close()}.
   *
   * @param shared whether other shared locks are welcome
   * @return false if somebody else holds a lock
   */
  public synchronized boolean tryLock(boolean shared) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      // struct flock of 64-bit Linux: type, whence (from the start), start 0, length 0 (to the
      // end), pid 0.
      MemorySegment flock = call.allocate(FLOCK_BYTES, ValueLayout.JAVA_LONG.byteAlignment());
      flock.set(ValueLayout.JAVA_SHORT, 0, shared ? F_RDLCK : F_WRLCK);
      if (retry(() -> libc.fcntl(errno, handle, F_OFD_SETLK, flock)) == 0) {
        return true;
      }
      int error = LibC.errno(errno);
      if (error == EAGAIN || error == EACCES) {
        return false;
      }
      throw failure("lock");
    }
  }

  /**
   * Changes how a range is stored.
   *
   * @return false if the file system cannot do this; nothing has changed then
   * @throws IOException if it failed; the message is the system's
   */
  public synchronized boolean allocate(Mode mode, long offset, long length) throws IOException {
    if (handle < 0) {
      throw new IOException("the file is closed");
    }
    if (retry(() -> libc.fallocate(errno, handle, mode.flags, offset, length)) == 0) {
      return true;
    }
    int error = LibC.errno(errno);
    if (error == EOPNOTSUPP || error == ENOSYS) {
      return false;
    }
    throw failure("fallocate");
  }

  /**
   * Whether an exception of this class or of {@code java.nio} says that the file system is full, or
   * the user's share of it. Its message is in the language of the process, so it is compared with
   * what the C library calls these errors.
   */
  public static boolean saysNoSpace(IOException e) {
    LibC libc = LibC.find();
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left on device")
        || message.contains("Disk quota exceeded")
        || (libc != null
            && (message.contains(libc.strerror(ENOSPC))
                || message.contains(libc.strerror(EDQUOT))));
  }

  @Override
  public synchronized void close() {
    if (handle >= 0) {
      libc.close(handle);
      handle = -1;
      arena.close();
    }
  }

  private interface Call {
    int run();
  }

  private int retry(Call call) {
    int result;
    do {
      result = call.run();
    } while (result < 0 && LibC.errno(errno) == EINTR);
    return result;
  }

  /** The message is the C library's own text, as with the exceptions of {@code java.nio}. */
  private IOException failure(String call) {
    return new IOException(libc.strerror(LibC.errno(errno)) + " (" + call + ")");
  }
}
