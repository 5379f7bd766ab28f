package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A real NBD server with whatever options a test wants, ended by its process handle. */
final class ServerProcess implements AutoCloseable {
  private static final long STARTS_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /** Starts a command line that makes a server listen at the address. */
  static ServerProcess start(Path folder, SocketAddress address, List<String> command)
      throws IOException {
    Path output = folder.resolve("server-output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    long deadline = System.nanoTime() + STARTS_WITHIN_NANOS;
    while (!listens(address)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output).strip());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return new ServerProcess(process);
  }

  /** A loopback port that was free a moment ago. */
  static InetSocketAddress freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), probe.getLocalPort());
    }
  }

  private static boolean listens(SocketAddress address) {
    try (SocketChannel probe =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX)
            : SocketChannel.open()) {
      return probe.connect(address);
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends it a signal by its process id, such as STOP or CONT. */
  void signal(String name) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new IOException("cannot send " + name);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
