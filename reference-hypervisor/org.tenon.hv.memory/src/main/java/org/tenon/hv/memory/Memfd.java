package org.tenon.hv.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * A Linux memfd mapped into this process: memfd_create(2), ftruncate(2), seals (fcntl(2)), mmap(2).
 * Numbers are those of the generic Linux ABI that x86-64 and AArch64 share.
 *
 * @param descriptor open until the arena closes
 * @param segment the whole file, mapped shared
 */
record Memfd(int descriptor, MemorySegment segment) {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int F_ADD_SEALS = 1033;
  private static final int SEAL_SEAL_SHRINK_GROW = 1 | 2 | 4;
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int MAP_SHARED = 1;
  private static final int MAP_NORESERVE = 0x4000;
  private static final long MAP_FAILED = -1;
  private static final int MADV_REMOVE = 9;

  /**
   * Creates and maps a zeroed file of {@code size} bytes; {@code arena}'s close unmaps and closes
   * it.
   *
   * @throws IOException naming the call and the errno, nothing left open
   */
  static Memfd map(String name, long size, Arena arena) throws IOException {
    try (Arena scratch = Arena.ofConfined()) {
      Libc libc = new Libc(scratch.allocate(Libc.STATE));
      int fd = libc.memfdCreate(scratch.allocateFrom(name), MFD_CLOEXEC | MFD_ALLOW_SEALING);
      try {
        libc.ftruncate(fd, size);
        libc.addSeals(fd, SEAL_SEAL_SHRINK_GROW);
        MemorySegment mapped =
            libc.mmap(size, PROT_READ_WRITE, MAP_SHARED | MAP_NORESERVE, fd)
                .reinterpret(size, arena, s -> Libc.release(s, fd));
        return new Memfd(fd, mapped);
      } catch (IOException | RuntimeException e) {
        Libc.close(fd);
        throw e;
      }
    }
  }

  /**
   * Gives the host's memory behind whole pages of a mapped file back: they read as zeroes from now
   * on, in every process that maps them.
   *
   * @return false where the host cannot
   */
  static boolean release(MemorySegment pages) {
    return Libc.madvise(pages, MADV_REMOVE) == 0;
  }

  /** The C library's calls, each turned into a value or an IOException with its errno. */
  private record Libc(MemorySegment state) {
    static final StructLayout STATE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO =
        STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle MEMFD_CREATE =
        call("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
        call("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FCNTL =
        call(
            "fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle MMAP =
        call(
            "mmap",
            FunctionDescriptor.of(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
        call("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MADVISE =
        call("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE =
        call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static MethodHandle call(
        String name, FunctionDescriptor shape, Linker.Option... extra) {
      Linker linker = Linker.nativeLinker();
      Linker.Option[] options = new Linker.Option[extra.length + 1];
      System.arraycopy(extra, 0, options, 1, extra.length);
      options[0] = Linker.Option.captureCallState("errno");
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }

    int memfdCreate(MemorySegment name, int flags) throws IOException {
      try {
        return checked("memfd_create", (int) MEMFD_CREATE.invokeExact(state, name, flags));
      } catch (Throwable t) {
        throw failure(t);
      }
    }

    void ftruncate(int fd, long size) throws IOException {
      try {
        int result = checked("ftruncate", (int) FTRUNCATE.invokeExact(state, fd, size));
        assert result == 0;
      } catch (Throwable t) {
        throw failure(t);
      }
    }

    void addSeals(int fd, int seals) throws IOException {
      try {
        int result = checked("fcntl", (int) FCNTL.invokeExact(state, fd, F_ADD_SEALS, seals));
        assert result == 0;
      } catch (Throwable t) {
        throw failure(t);
      }
    }

    MemorySegment mmap(long size, int protection, int flags, int fd) throws IOException {
      try {
        MemorySegment mapped =
            (MemorySegment)
                MMAP.invokeExact(state, MemorySegment.NULL, size, protection, flags, fd, 0L);
        if (mapped.address() == MAP_FAILED) {
          throw new IOException("mmap of %d bytes failed with errno %d".formatted(size, errno()));
        }
        return mapped;
      } catch (Throwable t) {
        throw failure(t);
      }
    }

    /** The arena's clean-up: neither call can fail for arguments that were valid once. */
    static void release(MemorySegment mapped, int fd) {
      try (Arena scratch = Arena.ofConfined()) {
        int result = (int) MUNMAP.invokeExact(scratch.allocate(STATE), mapped, mapped.byteSize());
        assert result == 0;
      } catch (Throwable t) {
        throw new AssertionError(t);
      }
      close(fd);
    }

    static int madvise(MemorySegment pages, int advice) {
      try (Arena scratch = Arena.ofConfined()) {
        return (int) MADVISE.invokeExact(scratch.allocate(STATE), pages, pages.byteSize(), advice);
      } catch (Throwable t) {
        throw new AssertionError(t);
      }
    }

    static void close(int fd) {
      try (Arena scratch = Arena.ofConfined()) {
        int result = (int) CLOSE.invokeExact(scratch.allocate(STATE), fd);
        assert result == 0;
      } catch (Throwable t) {
        throw new AssertionError(t);
      }
    }

    private int checked(String call, int result) throws IOException {
      if (result < 0) {
        throw new IOException("%s failed with errno %d".formatted(call, errno()));
      }
      return result;
    }

    private int errno() {
      return (int) ERRNO.get(state, 0L);
    }

    private static IOException failure(Throwable t) {
      return t instanceof IOException io ? io : new IOException(t);
    }
  }
}
