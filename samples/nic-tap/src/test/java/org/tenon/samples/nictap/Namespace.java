package org.tenon.samples.nictap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.tenon.samples.nictap.ffi.NetworkNamespace;

/**
 * A network namespace of a test's own: a whole Linux network stack at the other end of the wire.
 */
final class Namespace implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final String name =
      "tenon-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();

  Namespace() throws Exception {
    command("ip", "netns", "add", name);
    // Without IPv6 the stack sends nothing of its own accord.
    in("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
    in("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
    ip("link", "set", "lo", "up");
  }

  String name() {
    return name;
  }

  /** Makes a TAP interface that stays, with an address of the stack's. */
  void addTap(String tap, String address) throws Exception {
    ip("tuntap", "add", "dev", tap, "mode", "tap", "multi_queue");
    ip("address", "add", address, "dev", tap);
    ip("link", "set", tap, "up");
  }

  /**
   * Joins TAP interfaces by a bridge. It does not snoop: a bridge that does reports itself to the
   * other snoopers as soon as it is up, in a frame that no test sent.
   */
  void bridge(String... taps) throws Exception {
    ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
    for (String tap : taps) {
      ip("link", "set", tap, "master", "br0");
      ip("link", "set", tap, "up");
    }
    ip("link", "set", "br0", "up");
  }

  /** Runs {@code ip} inside. */
  String ip(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(arguments));
    return command(command.toArray(String[]::new));
  }

  /** Runs a command inside, and answers what it says. */
  String in(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
    command.addAll(List.of(arguments));
    return command(command.toArray(String[]::new));
  }

  /** Starts a command inside. */
  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Has a thread inside open something, such as a socket, which stays inside. */
  <T> T open(Callable<T> opening) throws Exception {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          NetworkNamespace.enter(Path.of("/run/netns", name));
          return opening.call();
        });
    Thread.ofPlatform().start(task);
    return task.get();
  }

  static String command(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return fail(
          "these tests need iproute2, procps, iputils-ping, tcpdump, tshark and iperf3: "
              + e.getMessage());
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("%s: %s (a network namespace needs root)", String.join(" ", command), output)
        .isZero();
    return output;
  }

  @Override
  public void close() throws IOException {
    try {
      command("ip", "netns", "delete", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
