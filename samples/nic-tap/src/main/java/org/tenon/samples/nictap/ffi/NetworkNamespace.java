package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A Linux network namespace (network_namespaces(7)). */
public final class NetworkNamespace {
  private static final int CLONE_NEWNET = 0x4000_0000;

  private NetworkNamespace() {}

  /**
   * Moves the calling thread into a namespace, for the rest of its life. What it opens then stays
   * there, whichever thread uses it.
   *
   * @param path such as {@code /run/netns/blue} or {@code /proc/4711/ns/net}
   */
  public static void enter(Path path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = LibC.newErrno(arena);
      int handle = LibC.open(errno, path.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
      if (handle < 0) {
        throw new SystemCallException("open " + path, -handle);
      }
      int result = LibC.setns(errno, handle, CLONE_NEWNET);
      LibC.close(errno, handle);
      if (result < 0) {
        throw new SystemCallException("setns " + path, -result);
      }
    }
  }
}
