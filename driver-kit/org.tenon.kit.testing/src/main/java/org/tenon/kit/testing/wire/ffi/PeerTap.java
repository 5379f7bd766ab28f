package org.tenon.kit.testing.wire.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A TAP interface that the suite holds (Documentation/networking/tuntap.rst), without offloads: the
 * kernel finishes every frame before it gives it, as it would for a wire. For one thread.
 */
public final class PeerTap implements AutoCloseable {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final int IFF_TAP = 0x0002;
  private static final int IFF_NO_PI = 0x1000;
  private static final int REQUEST_BYTES = 40;
  private static final int FLAGS_AT = 16;
  private static final short POLLIN = 1;
  private static final int MOST_BYTES = 1 << 17;

  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      function("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle IOCTL =
      function("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle CLOSE =
      function("close", -1, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      function("poll", -1, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle READ =
      function("read", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle WRITE =
      function("write", -1, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(CAPTURED);
  private final MemorySegment frame = arena.allocate(MOST_BYTES);
  private final MemorySegment poll = arena.allocate(8, 4);
  private final int handle;

  private PeerTap(String name) throws IOException {
    handle = check("open /dev/net/tun", open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    request.setString(0, name, StandardCharsets.UTF_8);
    request.set(JAVA_SHORT, FLAGS_AT, (short) (IFF_TAP | IFF_NO_PI));
    check("TUNSETIFF " + name, ioctl(TUNSETIFF, request));
    check("TUNSETOFFLOAD " + name, ioctl(TUNSETOFFLOAD, MemorySegment.NULL));
  }

  /**
   * Opens an interface that is there.
   *
   * @param namespace such as {@code /run/netns/blue}
   */
  public static PeerTap open(Path namespace, String name) throws IOException {
    return NetworkNamespace.inside(namespace, () -> new PeerTap(name));
  }

  /** Waits so long for a frame. */
  public Optional<byte[]> read(Duration limit) {
    try {
      poll.set(JAVA_INT, 0, handle);
      poll.set(JAVA_SHORT, 4, POLLIN);
      int millis = (int) Math.max(1, limit.toMillis());
      if ((int) POLL.invokeExact(errno, poll, 1L, millis) <= 0) {
        return Optional.empty();
      }
      long bytes = (long) READ.invokeExact(errno, handle, frame, (long) MOST_BYTES);
      return bytes <= 0
          ? Optional.empty()
          : Optional.of(frame.asSlice(0, bytes).toArray(JAVA_BYTE));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Has a frame come by the wire. */
  public void write(byte[] bytes) {
    try {
      MemorySegment.copy(bytes, 0, frame, JAVA_BYTE, 0, bytes.length);
      long written = (long) WRITE.invokeExact(errno, handle, frame, (long) bytes.length);
      if (written != bytes.length) {
        throw new IllegalStateException(
            "the peer's TAP interface took %d of %d bytes, errno %d"
                .formatted(written, bytes.length, (int) ERRNO.get(errno, 0L)));
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  @Override
  public void close() {
    closeHandle(handle);
    arena.close();
  }

  private int open(String path, int flags) {
    try {
      return (int) OPEN.invokeExact(errno, arena.allocateFrom(path), flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private int ioctl(long request, MemorySegment argument) {
    try {
      return (int) IOCTL.invokeExact(errno, handle, request, argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private void closeHandle(int which) {
    try {
      int ignored = (int) CLOSE.invokeExact(errno, which);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private int check(String step, int result) throws IOException {
    if (result < 0) {
      throw new IOException("%s failed with errno %d".formatted(step, (int) ERRNO.get(errno, 0L)));
    }
    return result;
  }

  private static MethodHandle function(String name, int firstVariadic, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    Linker.Option capture = Linker.Option.captureCallState("errno");
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return firstVariadic < 0
        ? linker.downcallHandle(address, type, capture)
        : linker.downcallHandle(
            address, type, capture, Linker.Option.firstVariadicArg(firstVariadic));
  }

  private static RuntimeException unexpected(Throwable e) {
    return e instanceof RuntimeException known ? known : new IllegalStateException(e);
  }
}
