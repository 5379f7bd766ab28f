package org.tenon.samples.blockfile;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.samples.blockfile.ffi.LinuxFile;
import org.tenon.spi.DriverException;

/**
 * The open image. Positions and lengths are in bytes. Every call may block; for any thread.
 *
 * <p>Data goes through a {@link FileChannel} of whatever file system the path lies on. Where that
 * is the system's own and the system is Linux, holes, reserved space and the lock come from {@link
 * LinuxFile}; elsewhere zeroes are written out, discards change nothing, space cannot be reserved,
 * and the lock is the channel's, which the same process loses when it closes any other channel of
 * the same file.
 */
final class ImageFile implements Closeable {
  private static final int ZEROES = 1 << 20;

  private final Path path;
  private final FileChannel channel;
  private final @Nullable LinuxFile linux;
  private final int blockSize;
  private final boolean keepsSpace;

  /** Only read from, so that all threads share it through duplicates. */
  private final ByteBuffer zeroes = ByteBuffer.allocateDirect(ZEROES).asReadOnlyBuffer();

  private ImageFile(FileSettings settings, FileChannel channel, @Nullable LinuxFile linux) {
    this.path = settings.path();
    this.channel = channel;
    this.linux = linux;
    this.blockSize = settings.blockSize();
    this.keepsSpace = settings.preallocate();
  }

  /** Opens the image, making it first if the settings say so. On failure nothing stays open. */
  static ImageFile open(FileSettings settings, System.Logger log) throws DriverException {
    Path path = settings.path();
    if (settings.newSize() > 0 && !settings.readOnly()) {
      create(path, settings.newSize());
    }
    Set<StandardOpenOption> options =
        settings.readOnly()
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (Files.isDirectory(path)) {
        throw new DriverException(Status.INVALID, path + " is a folder: give an image file");
      }
      FileChannel channel = FileChannel.open(path, options);
      try {
        LinuxFile linux = LinuxFile.open(path, !settings.readOnly());
        ImageFile image = new ImageFile(settings, channel, linux);
        image.prepare(settings, log);
        return image;
      } catch (DriverException | IOException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new DriverException(
          Status.NOT_READY, path + " does not exist: create it, or add size=… to have it made", e);
    } catch (IOException e) {
      throw new DriverException(
          statusOf(e),
          "cannot open " + path + ": " + describe(e) + "; check the path and rights",
          e);
    }
  }

  private static void create(Path path, long size) throws DriverException {
    try (FileChannel made =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      made.write(ByteBuffer.allocate(1), size - 1);
      made.force(true);
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (IOException e) {
      throw new DriverException(
          statusOf(e), "cannot create " + path + ": " + describe(e) + "; check the folder", e);
    }
    makeNameDurable(path);
  }

  /** A new file survives a power cut only once its folder has been written, too. */
  private static void makeNameDurable(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
      open.force(true);
    } catch (IOException e) {
      // Some systems cannot open a folder; those keep names durable by themselves or not at all.
    }
  }

  private void prepare(FileSettings settings, System.Logger log)
      throws DriverException, IOException {
    try {
      if (!lock(settings.readOnly())) {
        throw new DriverException(
            Status.CONFLICT,
            path + " is in use by another device or program: close that one, or give another path");
      }
      long size = size();
      if (size % blockSize != 0) {
        throw new DriverException(
            Status.INVALID,
            "%s is %d bytes long, no multiple of the block size %d: truncate it to whole blocks"
                .formatted(path, size, blockSize));
      }
      if (settings.preallocate() && !settings.readOnly() && size > 0) {
        reserve(size);
      }
    } catch (DriverException | IOException e) {
      close();
      throw e;
    }
    if (linux == null) {
      log.log(
          System.Logger.Level.INFO,
          "{0}: no holes here (not Linux, not its own file system, or native access denied);"
              + " discards change nothing",
          path);
    }
  }

  private boolean lock(boolean shared) throws IOException {
    if (linux != null) {
      return linux.tryLock(shared);
    }
    try {
      return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  private void reserve(long size) throws DriverException {
    try {
      if (linux == null || !linux.allocate(LinuxFile.Mode.RESERVE, 0, size)) {
        throw new DriverException(
            Status.UNSUPPORTED,
            "space for " + path + " cannot be reserved on this file system: set preallocate=false");
      }
    } catch (IOException e) {
      throw new DriverException(
          statusOf(e),
          "cannot reserve %d bytes for %s: %s; free some space or set preallocate=false"
              .formatted(size, path, describe(e)),
          e);
    }
  }

  long size() throws IOException {
    return channel.size();
  }

  /**
   * What the file system reads and writes whole, in bytes; the logical block where it does not say.
   */
  int storageBlockSize() {
    try {
      long size = Files.getFileStore(path).getBlockSize();
      return size > blockSize && size <= 65_536 && Long.bitCount(size) == 1
          ? (int) size
          : blockSize;
    } catch (IOException | UnsupportedOperationException e) {
      return blockSize;
    }
  }

  /**
   * Fills the buffer.
   *
   * @throws EOFException if the file ends before; it has shrunk
   */
  void read(ByteBuffer into, long position) throws IOException {
    long end = position + into.remaining();
    while (into.hasRemaining()) {
      if (channel.read(into, end - into.remaining()) < 0) {
        throw new EOFException("the image has shrunk");
      }
    }
  }

  /**
   * Writes the buffer out.
   *
   * <p>The system keeps one write apart from another, but may end one early. A logical block cut in
   * two that way is begun again, so that it comes from a single write and cannot mix with another
   * request's.
   */
  void write(ByteBuffer from, long position) throws IOException {
    int start = from.position();
    int settled = start;
    while (from.hasRemaining()) {
      channel.write(from, position + from.position() - start);
      int cut = (from.position() - start) % blockSize;
      if (cut != 0 && from.position() - cut > settled) {
        from.position(from.position() - cut);
        settled = from.position();
      }
    }
  }

  /** Makes every completed change durable. */
  void force() throws IOException {
    channel.force(false);
  }

  /** Makes a range read as zeroes, by the cheapest way that the storage has. */
  void zero(long position, long length, boolean mayGiveBack) throws IOException {
    LinuxFile.Mode mode =
        mayGiveBack && !keepsSpace ? LinuxFile.Mode.PUNCH_HOLE : LinuxFile.Mode.ZERO_RANGE;
    if (linux == null || !linux.allocate(mode, position, length)) {
      writeZeroes(position, length);
    }
  }

  /**
   * Gives a range's space back where that is possible; where not, it stays as it is, which the
   * contract permits.
   */
  void discard(long position, long length) throws IOException {
    if (linux != null && !keepsSpace) {
      linux.allocate(LinuxFile.Mode.PUNCH_HOLE, position, length);
    }
  }

  private void writeZeroes(long position, long length) throws IOException {
    ByteBuffer chunk = zeroes.duplicate();
    for (long done = 0; done < length; done += chunk.limit()) {
      chunk.clear().limit((int) Math.min(ZEROES, length - done));
      write(chunk, position + done);
    }
  }

  @Override
  public void close() {
    if (linux != null) {
      linux.close();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // What had to be durable was forced; a failing close loses nothing that was promised.
    }
  }

  /** The request status that fits a failure of the file. */
  static int statusOf(IOException e) {
    if (LinuxFile.saysNoSpace(e)) {
      return Status.NO_SPACE;
    }
    if (e instanceof java.nio.file.AccessDeniedException) {
      return Status.DENIED;
    }
    return Status.IO_ERROR;
  }

  private static String describe(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " " + message.replace('\n', ' '));
  }
}
