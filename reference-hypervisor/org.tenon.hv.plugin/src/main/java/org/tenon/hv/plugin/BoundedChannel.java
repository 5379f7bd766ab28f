package org.tenon.hv.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * Reads a file and gives up after a number of bytes, until it is told that the dangerous part is
 * over: an archive's directory can name more entries than fit in memory.
 */
final class BoundedChannel implements SeekableByteChannel {
  private final SeekableByteChannel file;
  private long budget;

  BoundedChannel(SeekableByteChannel file, long budget) {
    this.file = file;
    this.budget = budget;
  }

  /** Lifts the bound. */
  void unbound() {
    budget = Long.MAX_VALUE;
  }

  /** Whether the bound was passed. */
  boolean isPassed() {
    return budget < 0;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int read = file.read(into);
    budget -= Math.max(0, read);
    if (budget < 0) {
      throw new IOException("more was read than is allowed");
    }
    return read;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return file.write(from);
  }

  @Override
  public long position() throws IOException {
    return file.position();
  }

  @Override
  public SeekableByteChannel position(long now) throws IOException {
    file.position(now);
    return this;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    file.truncate(size);
    return this;
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
