package org.tenon.samples.e1000;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way from one thread to another, each after its length as on the wire. One thread
 * puts, one takes; neither waits unless it asks to. Allocates nothing.
 */
final class FrameQueue {
  /** Bytes, a power of two. */
  static final int CAPACITY = 1 << 20;

  /** What a frame takes besides its own bytes. */
  static final int PREFIX = 4;

  private final byte[] ring = new byte[CAPACITY];
  private final byte[] prefix = new byte[PREFIX];
  private final byte[] taken = new byte[PREFIX];

  /** How many bytes have been taken and put since the beginning. */
  private final AtomicLong head = new AtomicLong();

  private final AtomicLong tail = new AtomicLong();
  private volatile @Nullable Thread taker;
  private volatile @Nullable Thread putter;

  /** Whether frames of so many bytes in all, prefixes included, can be put. */
  boolean hasRoom(long bytes) {
    return bytes <= CAPACITY - (tail.get() - head.get());
  }

  /** Whether there is nothing to take. */
  boolean isEmpty() {
    return tail.get() == head.get();
  }

  /** Puts a frame; false where there is no room. */
  boolean put(byte[] frame, int start, int length) {
    if (!hasRoom(PREFIX + (long) length)) {
      return false;
    }
    Checksum.put32(prefix, 0, length);
    long at = tail.get();
    copyIn(at, prefix, 0, PREFIX);
    copyIn(at + PREFIX, frame, start, length);
    tail.set(at + PREFIX + length);
    LockSupport.unpark(taker);
    return true;
  }

  private void copyIn(long at, byte[] from, int start, int length) {
    int place = (int) at & CAPACITY - 1;
    int head = Math.min(length, CAPACITY - place);
    System.arraycopy(from, start, ring, place, head);
    System.arraycopy(from, start + head, ring, 0, length - head);
  }

  private void copyOut(long at, byte[] into, int length) {
    int place = (int) at & CAPACITY - 1;
    int head = Math.min(length, CAPACITY - place);
    System.arraycopy(ring, place, into, 0, head);
    System.arraycopy(ring, 0, into, head, length - head);
  }

  private int nextLength() {
    copyOut(head.get(), taken, PREFIX);
    return Checksum.get32(taken, 0);
  }

  private void move(int length) {
    head.set(head.get() + PREFIX + length);
    LockSupport.unpark(putter);
  }

  /** Takes a frame out; its length, or −1 where there is none. It fits. */
  int take(byte[] into) {
    if (isEmpty()) {
      return -1;
    }
    int length = nextLength();
    copyOut(head.get() + PREFIX, into, length);
    move(length);
    return length;
  }

  /** Takes as many frames out as fit, with their prefixes; the buffer has an array. */
  void drain(ByteBuffer into) {
    while (!isEmpty()) {
      int length = nextLength();
      if (PREFIX + length > into.remaining()) {
        return;
      }
      into.putInt(length);
      long from = head.get() + PREFIX;
      int place = (int) from & CAPACITY - 1;
      int first = Math.min(length, CAPACITY - place);
      into.put(ring, place, first).put(ring, 0, length - first);
      move(length);
    }
  }

  /** Waits for a frame to take, or an interrupt; the taking thread. */
  void awaitFrame() {
    taker = Thread.currentThread();
    while (isEmpty() && !Thread.currentThread().isInterrupted()) {
      LockSupport.park(this);
    }
    taker = null;
  }

  /** Waits for room for one frame, or an interrupt; the putting thread. */
  void awaitRoom(int length) {
    putter = Thread.currentThread();
    while (!hasRoom(PREFIX + (long) length) && !Thread.currentThread().isInterrupted()) {
      LockSupport.park(this);
    }
    putter = null;
  }
}
