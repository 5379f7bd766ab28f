package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Tells that some interface of a network namespace has changed (rtnetlink(7), RTMGRP_LINK). What
 * changed is asked of the interface itself. For one thread.
 */
public final class LinkEvents {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_ROUTE = 0;
  private static final int GROUP_LINK = 1;
  private static final int ADDRESS_BYTES = 12;
  private static final int GROUPS_AT = 8;
  private static final int MESSAGE_BYTES = 8192;

  private final int handle;
  private final MemorySegment errno;
  private final MemorySegment message;

  /** Begins to listen, in the calling thread's namespace. */
  LinkEvents(Arena arena) throws SystemCallException {
    errno = LibC.newErrno(arena);
    message = arena.allocate(MESSAGE_BYTES);
    handle =
        LibC.socket(errno, AF_NETLINK, SOCK_RAW | LibC.O_NONBLOCK | LibC.O_CLOEXEC, NETLINK_ROUTE);
    if (handle < 0) {
      throw new SystemCallException("socket of netlink", -handle);
    }
    MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
    address.set(ValueLayout.JAVA_INT, GROUPS_AT, GROUP_LINK);
    int result = LibC.bind(errno, handle, address);
    if (result < 0) {
      close();
      throw new SystemCallException("bind of netlink", -result);
    }
  }

  /** Forgets what has been told so far. */
  public void drain() {
    long result;
    do {
      // What did not fit is lost, which the kernel tells as an error once: look again then, too.
      result = LibC.read(errno, handle, message);
    } while (result != -LibC.EAGAIN);
  }

  int handle() {
    return handle;
  }

  void close() {
    LibC.close(errno, handle);
  }
}
