package org.tenon.samples.nictap.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.Locale;

/**
 * The C functions that this package calls. Each answers what the function does, or the negative
 * errno where it fails, and begins again after EINTR. Addresses of memory are plain numbers, so
 * that no call makes an object; the callers keep the memory alive.
 */
final class LibC {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EIO = 5;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EFAULT = 14;
  static final int EBUSY = 16;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int EBADFD = 77;

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  private static final int EINTR = 4;
  private static final int STRERROR_BYTES = 256;
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final boolean AVAILABLE = isLinux64() && isNativeAccessAllowed();

  private static final MethodHandle OPEN = variadic("open", 2, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = function("close", JAVA_INT);
  private static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT);
  private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle EVENTFD = function("eventfd", JAVA_INT, JAVA_INT);
  private static final MethodHandle POLL = function("poll", JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle READ = transfer("read", JAVA_LONG);
  private static final MethodHandle WRITE = transfer("write", JAVA_LONG);
  private static final MethodHandle READV = transfer("readv", JAVA_INT);
  private static final MethodHandle WRITEV = transfer("writev", JAVA_INT);
  private static final MethodHandle STRERROR =
      link("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private LibC() {}

  /** Whether the functions can be called: on 64-bit Linux, by a bundle that may. */
  static boolean isAvailable() {
    return AVAILABLE;
  }

  /** Where a caller has errno caught; one for each thread that calls at the same time. */
  static MemorySegment newErrno(Arena arena) {
    return arena.allocate(CAPTURED);
  }

  static int open(MemorySegment errno, String path, int flags) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment name = call.allocateFrom(path);
      int result;
      do {
        result = failed((int) OPEN.invokeExact(errno, name, flags), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void close(MemorySegment errno, int handle) {
    try {
      int ignored = (int) CLOSE.invokeExact(errno, handle);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int ioctl(MemorySegment errno, int handle, long request, long argument) {
    try {
      int result;
      do {
        result = failed((int) IOCTL.invokeExact(errno, handle, request, argument), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int setns(MemorySegment errno, int handle, int kind) {
    try {
      return failed((int) SETNS.invokeExact(errno, handle, kind), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int socket(MemorySegment errno, int domain, int type, int protocol) {
    try {
      return failed((int) SOCKET.invokeExact(errno, domain, type, protocol), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int bind(MemorySegment errno, int handle, MemorySegment address) {
    try {
      int length = (int) address.byteSize();
      return failed((int) BIND.invokeExact(errno, handle, address.address(), length), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int eventfd(MemorySegment errno, int flags) {
    try {
      return failed((int) EVENTFD.invokeExact(errno, 0, flags), errno);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Waits.
   *
   * @param milliseconds at most so long; negative for without end
   */
  static int poll(MemorySegment errno, MemorySegment set, int count, int milliseconds) {
    try {
      int result;
      do {
        result =
            failed((int) POLL.invokeExact(errno, set.address(), (long) count, milliseconds), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long read(MemorySegment errno, int handle, MemorySegment into) {
    try {
      long result;
      do {
        result =
            failed((long) READ.invokeExact(errno, handle, into.address(), into.byteSize()), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long write(MemorySegment errno, int handle, MemorySegment from) {
    try {
      long result;
      do {
        result =
            failed((long) WRITE.invokeExact(errno, handle, from.address(), from.byteSize()), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long readv(MemorySegment errno, int handle, long vector, int count) {
    try {
      long result;
      do {
        result = failed((long) READV.invokeExact(errno, handle, vector, count), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long writev(MemorySegment errno, int handle, long vector, int count) {
    try {
      long result;
      do {
        result = failed((long) WRITEV.invokeExact(errno, handle, vector, count), errno);
      } while (result == -EINTR);
      return result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** What the C library calls an error. */
  static String strerror(int error) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(error);
      return text.reinterpret(STRERROR_BYTES).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int failed(int result, MemorySegment errno) {
    return result < 0 ? -(int) ERRNO.get(errno, 0L) : result;
  }

  private static long failed(long result, MemorySegment errno) {
    return result < 0 ? -(int) ERRNO.get(errno, 0L) : result;
  }

  private static boolean isLinux64() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")
        && ADDRESS.byteSize() == Long.BYTES;
  }

  private static boolean isNativeAccessAllowed() {
    try {
      Linker linker = Linker.nativeLinker();
      MemorySegment close = linker.defaultLookup().findOrThrow("close");
      linker.downcallHandle(close, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
      return true;
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      // Native access is denied to this bundle, or the JDK has no linker here.
      return false;
    }
  }

  private static MethodHandle function(String name, MemoryLayout... arguments) {
    return link(
        name, FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(String name, int fixed, MemoryLayout... arguments) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_INT, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  /** A call of a file descriptor, an address and a length that answers a number of bytes. */
  private static MethodHandle transfer(String name, MemoryLayout length) {
    return link(
        name,
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, length),
        Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
    if (!AVAILABLE) {
      return MethodHandles.empty(MethodType.methodType(void.class));
    }
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
  }

  /**
   * A downcall throws nothing of its own: what comes out is an error of the JVM or of this class.
   */
  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call into the C library failed in Java", e);
  }
}
