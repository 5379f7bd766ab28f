package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageFaults.Verdict;

/**
 * A file channel whose changes and forces are logged. What is logged is what is written: both come
 * from one copy of the caller's bytes, for the guest may change them meanwhile.
 */
final class RecordingFileChannel extends FileChannel {
  private static final AtomicInteger CHANNELS = new AtomicInteger();

  private final StorageLog log;
  private final StorageFaults faults;
  private final boolean forcing;
  private final FileChannel real;
  private final int file;
  private final int channel = CHANNELS.incrementAndGet();
  private final boolean appends;
  private final boolean durable;

  /** Guards the position: writes at it, and appends, are one at a time. */
  private final Object position = new Object();

  RecordingFileChannel(
      RecordingFileSystem files, FileChannel real, int file, Set<? extends OpenOption> options) {
    this.log = files.log();
    this.faults = files.faults();
    this.forcing = files.forcing();
    this.real = real;
    this.file = file;
    this.appends = options.contains(StandardOpenOption.APPEND);
    this.durable =
        options.contains(StandardOpenOption.SYNC) || options.contains(StandardOpenOption.DSYNC);
  }

  private Verdict judge(Operation operation, long offset, long length) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    Verdict verdict = faults.judge(operation, file, offset, length);
    if (verdict.failure() != null) {
      throw verdict.failure().exception();
    }
    return verdict;
  }

  @Override
  public int read(ByteBuffer target, long offset) throws IOException {
    long limit = judge(Operation.READ, offset, target.remaining()).limit();
    ByteBuffer part = target.slice(target.position(), (int) Math.min(limit, target.remaining()));
    int count = real.read(part, offset);
    if (count > 0) {
      target.position(target.position() + count);
    }
    return count;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    synchronized (position) {
      int count = read(target, real.position());
      if (count > 0) {
        real.position(real.position() + count);
      }
      return count;
    }
  }

  @Override
  public long read(ByteBuffer[] targets, int first, int count) throws IOException {
    long total = 0;
    for (int i = first; i < first + count; i++) {
      if (targets[i].hasRemaining()) {
        int read = read(targets[i]);
        if (read < 0) {
          return total == 0 ? -1 : total;
        }
        total += read;
        if (targets[i].hasRemaining()) {
          break;
        }
      }
    }
    return total;
  }

  @Override
  public int write(ByteBuffer source, long offset) throws IOException {
    long limit = judge(Operation.WRITE, offset, source.remaining()).limit();
    byte[] bytes = new byte[(int) Math.min(limit, source.remaining())];
    source.get(source.position(), bytes);
    StorageEvent.Change change = log.write(file, channel, offset, bytes, durable);
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      real.write(rest, offset + rest.position());
    }
    log.end(change);
    source.position(source.position() + bytes.length);
    return bytes.length;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    synchronized (position) {
      long offset = appends ? real.size() : real.position();
      int count = write(source, offset);
      real.position(offset + count);
      return count;
    }
  }

  @Override
  public long write(ByteBuffer[] sources, int first, int count) throws IOException {
    long total = 0;
    synchronized (position) {
      for (int i = first; i < first + count; i++) {
        if (sources[i].hasRemaining()) {
          total += write(sources[i]);
          if (sources[i].hasRemaining()) {
            break;
          }
        }
      }
    }
    return total;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    StorageEvent.Force force = log.force(file, StorageEvent.Force.EVERY_CHANNEL);
    judge(Operation.FORCE, 0, 0);
    if (forcing) {
      real.force(metaData);
    }
    log.end(force);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    judge(Operation.RESIZE, size, 0);
    synchronized (position) {
      if (size < real.size()) {
        StorageEvent.Resize resize = log.resize(file, size);
        real.truncate(size);
        log.end(resize);
      } else if (real.position() > size) {
        real.position(size);
      }
    }
    return this;
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long offset, long count) throws IOException {
    if (offset > size()) {
      return 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 20));
    int read = source.read(bytes);
    if (read <= 0) {
      return 0;
    }
    bytes.flip();
    while (bytes.hasRemaining()) {
      write(bytes, offset + bytes.position());
    }
    return read;
  }

  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, 1 << 20));
    if (read(bytes, offset) <= 0) {
      return 0;
    }
    return target.write(bytes.flip());
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long offset, long size) {
    throw new UnsupportedOperationException(
        "memory maps are not recorded: read and write file " + file + " by calls");
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public long position() throws IOException {
    return real.position();
  }

  @Override
  public FileChannel position(long offset) throws IOException {
    synchronized (position) {
      real.position(offset);
    }
    return this;
  }

  @Override
  public FileLock lock(long offset, long size, boolean shared) throws IOException {
    return new Lock(this, real.lock(offset, size, shared));
  }

  @Override
  public @Nullable FileLock tryLock(long offset, long size, boolean shared) throws IOException {
    FileLock lock = real.tryLock(offset, size, shared);
    return lock == null ? null : new Lock(this, lock);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }

  /** The real lock under the recording channel's name. */
  private static final class Lock extends FileLock {
    private final FileLock lock;

    Lock(RecordingFileChannel channel, FileLock lock) {
      super(channel, lock.position(), lock.size(), lock.isShared());
      this.lock = lock;
    }

    @Override
    public boolean isValid() {
      return lock.isValid();
    }

    @Override
    public void release() throws IOException {
      lock.release();
    }
  }
}
