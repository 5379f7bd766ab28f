package org.tenon.kit.testing.wire.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A network namespace of Linux (setns(2)). It belongs to a thread, and what the thread opens there
 * belongs to it for good.
 */
public final class NetworkNamespace {
  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x4000_0000;

  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option ERRNO_CAPTURED = Linker.Option.captureCallState("errno");
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS =
      function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private NetworkNamespace() {}

  /**
   * What is done inside.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T call() throws IOException;
  }

  /**
   * Does something on a thread of its own that has entered a namespace.
   *
   * @param namespace such as {@code /run/netns/blue}
   */
  public static <T> T inside(Path namespace, Work<T> work) throws IOException {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("kit-namespace")
        .daemon()
        .start(() -> {
          try {
            enter(namespace);
            done.complete(work.call());
          } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void enter(Path namespace) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURED);
      MemorySegment path = arena.allocateFrom(namespace.toString());
      int entry = (int) OPEN.invokeExact(errno, path, O_RDONLY | O_CLOEXEC);
      check("open " + namespace, entry, errno);
      int entered = (int) SETNS.invokeExact(errno, entry, CLONE_NEWNET);
      int failure = (int) ERRNO.get(errno, 0L);
      int ignored = (int) CLOSE.invokeExact(errno, entry);
      ERRNO.set(errno, 0L, failure);
      check("setns " + namespace, entered, errno);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }

  private static void check(String step, int result, MemorySegment errno) throws IOException {
    if (result < 0) {
      throw new IOException("%s failed with errno %d".formatted(step, (int) ERRNO.get(errno, 0L)));
    }
  }

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = ERRNO_CAPTURED;
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, all);
  }
}
