package org.tenon.samples.blockfile.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The five C functions that {@link LinuxFile} calls, each with its errno caught at once. */
final class LibC {
  static final StructLayout CAPTURED = Linker.Option.captureStateLayout();

  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final int STRERROR_BYTES = 256;
  private static final @Nullable LibC FOUND = isLinux64() ? link() : null;

  private final MethodHandle open;
  private final MethodHandle fcntl;
  private final MethodHandle fallocate;
  private final MethodHandle close;
  private final MethodHandle strerror;

  private LibC(Linker linker, SymbolLookup symbols) {
    Linker.Option errno = Linker.Option.captureCallState("errno");
    open =
        linker.downcallHandle(
            symbols.findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            errno,
            Linker.Option.firstVariadicArg(2));
    fcntl =
        linker.downcallHandle(
            symbols.findOrThrow("fcntl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
            errno,
            Linker.Option.firstVariadicArg(2));
    fallocate =
        linker.downcallHandle(
            symbols.findOrThrow("fallocate"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            errno);
    close =
        linker.downcallHandle(
            symbols.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    strerror =
        linker.downcallHandle(
            symbols.findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
  }

  /** The functions; null where the system has them not, or the host denies native access. */
  static @Nullable LibC find() {
    return FOUND;
  }

  static int errno(MemorySegment captured) {
    return (int) ERRNO.get(captured, 0L);
  }

  int open(MemorySegment captured, MemorySegment path, int flags) {
    try {
      return (int) open.invokeExact(captured, path, flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int fcntl(MemorySegment captured, int handle, int command, MemorySegment argument) {
    try {
      return (int) fcntl.invokeExact(captured, handle, command, argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int fallocate(MemorySegment captured, int handle, int mode, long offset, long length) {
    try {
      return (int) fallocate.invokeExact(captured, handle, mode, offset, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int close(int handle) {
    try {
      return (int) close.invokeExact(handle);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  String strerror(int error) {
    try {
      MemorySegment text = (MemorySegment) strerror.invokeExact(error);
      return text.reinterpret(STRERROR_BYTES).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static boolean isLinux64() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")
        && ADDRESS.byteSize() == Long.BYTES;
  }

  private static @Nullable LibC link() {
    try {
      Linker linker = Linker.nativeLinker();
      return new LibC(linker, linker.defaultLookup());
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      // Native access is denied to this bundle, or the JDK has no linker here: the driver goes
      // without.
      return null;
    }
  }

  /**
   * A downcall throws nothing of its own: what comes out is an error of the JVM or of this class.
   */
  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call into the C library failed in Java", e);
  }
}
