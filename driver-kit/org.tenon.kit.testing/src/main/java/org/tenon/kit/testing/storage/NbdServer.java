package org.tenon.kit.testing.storage;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * A real NBD server over one image file, as a process of its own that can be killed and started
 * again. It listens on a Unix socket in a private folder. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NbdServer implements AutoCloseable {
  /** A server program. */
  public enum Program {
    /** The toolkit of libguestfs. */
    NBDKIT("nbdkit"),
    /** QEMU's. */
    QEMU_NBD("qemu-nbd");

    private final String command;

    Program(String command) {
      this.command = command;
    }

    /** Where it is installed, if it is on PATH. */
    public Optional<Path> find() {
      String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
      return Stream.of(path.split(Pattern.quote(File.pathSeparator), -1))
          .filter(folder -> !folder.isEmpty())
          .map(folder -> Path.of(folder, command))
          .filter(Files::isExecutable)
          .findFirst();
    }

    private List<String> arguments(Path program, Path socket, Path image) {
      return switch (this) {
        case NBDKIT ->
            List.of(program.toString(), "-f", "-U", socket.toString(), "file", image.toString());
        case QEMU_NBD ->
            List.of(
                program.toString(),
                "--persistent",
                "--shared=16",
                "--format=raw",
                "--discard=unmap",
                "--socket=" + socket,
                image.toString());
      };
    }
  }

  /**
   * A thread that outlives every server: one that asks to end with its parent ends with the thread
   * that started it (prctl(2), PR_SET_PDEATHSIG).
   */
  private static final ExecutorService SPAWNER =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("nbd-server-starter").factory());

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(10);

  private final Program program;
  private final Path binary;
  private final Path image;
  private final Path folder;
  private final Path socket;
  private @Nullable Process process;

  /**
   * Starts a server.
   *
   * @param image what it serves, for reading and writing, under the empty export name
   * @throws IOException if the program is not on PATH, or does not listen within ten seconds; the
   *     message says how to mend it
   */
  public NbdServer(Program program, Path image) throws IOException {
    this.program = program;
    this.binary =
        program
            .find()
            .orElseThrow(() ->
                new IOException(
                    program.command + " is not on PATH: install it, or choose another NBD server"));
    this.image = image.toAbsolutePath();
    this.folder = Files.createTempDirectory("tenon-nbd-");
    this.socket = folder.resolve("socket");
    start();
  }

  /** Where it listens. */
  public UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(socket);
  }

  /** What it serves. */
  public Path image() {
    return image;
  }

  /** Starts it again after {@link #kill()}. */
  public void start() throws IOException {
    Files.deleteIfExists(socket);
    Path output = folder.resolve("output");
    Process started =
        spawn(
            new ProcessBuilder(program.arguments(binary, socket, image))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile()));
    process = started;
    long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
    while (!isListening()) {
      if (!started.isAlive() || System.nanoTime() > deadline) {
        started.destroyForcibly();
        throw new IOException(
            "%s does not serve %s: %s".formatted(binary, image, Files.readString(output).strip()));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static Process spawn(ProcessBuilder command) throws IOException {
    try {
      return SPAWNER.submit(command::start).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before the NBD server was started", e);
    }
  }

  /**
   * Ends it at once, as SIGKILL does, and waits until it is gone. What it had given to the kernel
   * stays.
   */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
      process = null;
    }
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      System.getLogger(NbdServer.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + folder, e);
    }
  }

  private boolean isListening() {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(address());
    } catch (IOException e) {
      return false;
    }
  }
}
