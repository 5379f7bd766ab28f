package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One direction of one queue of a TAP interface. Never blocks. For one thread; other ports may use
 * the same queue at the same time.
 */
public final class TapPort {
  /** Nothing has come, or nothing can be taken just now. */
  public static final int AGAIN = -LibC.EAGAIN;

  /** The frame makes no sense to the kernel. */
  public static final int INVALID = -LibC.EINVAL;

  /** The interface is down. */
  public static final int DOWN = -LibC.EIO;

  /** The interface has been deleted. */
  public static final int GONE = -LibC.EBADFD;

  private final int handle;
  private final MemorySegment errno;

  TapPort(int handle, Arena arena) {
    this.handle = handle;
    this.errno = LibC.newErrno(arena);
  }

  /**
   * Reads the next frame, its virtio-net header before it.
   *
   * @return how many bytes came, or a negative code; at most as many as fit
   */
  public int read(IoVector into) {
    int result = (int) LibC.readv(errno, handle, into.address(), into.count());
    return result == -LibC.EFAULT ? GONE : result;
  }

  /**
   * Writes a frame, its virtio-net header before it.
   *
   * @return how many bytes were taken, or a negative code
   */
  public int write(IoVector from) {
    return (int) LibC.writev(errno, handle, from.address(), from.count());
  }

  int handle() {
    return handle;
  }
}
