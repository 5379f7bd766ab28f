package org.tenon.samples.blocknbd;

import java.lang.foreign.MemorySegment;
import org.tenon.api.Health;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/**
 * A request table for parser tests: each tag has one segment in one region, with guard zones
 * between.
 */
record OneSegmentHost(MemorySegment memory, int length, int guard)
    implements BlockHost, BlockRequests {
  @Override
  public BlockRequests requests(int queue) {
    return this;
  }

  @Override
  public int operation(int tag) {
    return BlockOperation.READ;
  }

  @Override
  public int flags(int tag) {
    return 0;
  }

  @Override
  public long block(int tag) {
    return 0;
  }

  @Override
  public int blocks(int tag) {
    return length / 512;
  }

  @Override
  public int segments(int tag) {
    return 2;
  }

  @Override
  public MemorySegment memory(int tag, int segment) {
    return memory;
  }

  @Override
  public long offset(int tag, int segment) {
    return guard + (long) tag * (length + guard) + (segment == 0 ? 0 : length(tag, 0));
  }

  @Override
  public long length(int tag, int segment) {
    return segment == 0 ? 700 : length - 700;
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    throw unexpected();
  }

  @Override
  public void queueReady(int queue) {
    throw unexpected();
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    throw unexpected();
  }

  @Override
  public HostClock clock() {
    throw unexpected();
  }

  @Override
  public Deadlines deadlines() {
    return Deadlines.DEFAULT;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    throw unexpected();
  }

  @Override
  public System.Logger log() {
    throw unexpected();
  }

  @Override
  public void healthChanged(Health now) {
    throw unexpected();
  }

  private static AssertionError unexpected() {
    return new AssertionError("a parser does not call its host");
  }
}
