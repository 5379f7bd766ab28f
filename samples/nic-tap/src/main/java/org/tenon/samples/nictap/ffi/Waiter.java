package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Where one thread sleeps until a queue is ready, the link may have changed, or another thread
 * wakes it (poll(2), eventfd(2)).
 */
public final class Waiter implements AutoCloseable {
  private static final int POLLIN = 1;
  private static final int POLLOUT = 4;
  private static final int POLL_BYTES = 8;
  private static final int EVENTS_AT = 4;
  private static final int RETURNED_AT = 6;
  private static final int WAKE = 0;
  private static final int LINK = 1;
  private static final int PORT = 2;
  private static final int SET = 3;

  private final Arena arena;
  private final MemorySegment errno;
  private final MemorySegment wakerErrno;
  private final MemorySegment set;
  private final MemorySegment drained;
  private final MemorySegment one;
  private final int wakeUp;

  /**
   * For one thread.
   *
   * @param link what tells of link changes; null for a thread that does not look after them
   */
  public Waiter(@Nullable LinkEvents link) throws SystemCallException {
    arena = Arena.ofShared();
    errno = LibC.newErrno(arena);
    wakerErrno = LibC.newErrno(arena);
    set = arena.allocate((long) SET * POLL_BYTES, Integer.BYTES);
    drained = arena.allocate(Long.BYTES, Long.BYTES);
    one = arena.allocate(Long.BYTES, Long.BYTES);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    // EFD_NONBLOCK and EFD_CLOEXEC have the values of O_NONBLOCK and O_CLOEXEC.
    wakeUp = LibC.eventfd(errno, LibC.O_NONBLOCK | LibC.O_CLOEXEC);
    if (wakeUp < 0) {
      arena.close();
      throw new SystemCallException("eventfd", -wakeUp);
    }
    watch(WAKE, wakeUp, POLLIN);
    watch(LINK, link == null ? -1 : link.handle(), POLLIN);
  }

  /**
   * Looks without sleeping. Called by the one thread; the arguments are those of {@link #await}.
   */
  public void look(TapPort port, boolean forRoom) {
    poll(port, false, forRoom, 0);
  }

  /**
   * Sleeps. Called by the one thread.
   *
   * @param port the queue
   * @param forFrames whether to wake when a frame has come
   * @param forRoom whether to wake when the queue takes frames
   */
  public void await(TapPort port, boolean forFrames, boolean forRoom) {
    poll(port, forFrames, forRoom, -1);
  }

  private void poll(TapPort port, boolean forFrames, boolean forRoom, int milliseconds) {
    int events = (forFrames ? POLLIN : 0) | (forRoom ? POLLOUT : 0);
    watch(PORT, events == 0 ? -1 : port.handle(), events);
    LibC.poll(errno, set, SET, milliseconds);
    if (returned(WAKE) != 0) {
      LibC.read(errno, wakeUp, drained);
    }
  }

  /** Whether the queue takes frames, as the last look saw. */
  public boolean hasRoom() {
    return (returned(PORT) & POLLOUT) != 0;
  }

  /** Whether the link may have changed, as the last look saw. */
  public boolean linkStirred() {
    return returned(LINK) != 0;
  }

  /** Wakes the thread, or keeps it from falling asleep once. By any thread. */
  public synchronized void wake() {
    LibC.write(wakerErrno, wakeUp, one);
  }

  /** Ends; the thread has ended before. */
  @Override
  public synchronized void close() {
    LibC.close(errno, wakeUp);
    arena.close();
  }

  private void watch(int index, int handle, int events) {
    long at = (long) index * POLL_BYTES;
    set.set(ValueLayout.JAVA_INT, at, handle);
    set.set(ValueLayout.JAVA_SHORT, at + EVENTS_AT, (short) events);
    set.set(ValueLayout.JAVA_SHORT, at + RETURNED_AT, (short) 0);
  }

  private int returned(int index) {
    return set.get(ValueLayout.JAVA_SHORT, (long) index * POLL_BYTES + RETURNED_AT);
  }
}
