package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;

/**
 * Entropy, ports, balloon and sockets as their user has them: the built command boots Debian's
 * cloud kernel with its own drivers, and the test is the programs on the host. The guest is fetched
 * once; where that fails a line says why nothing was tried.
 */
class GuestVirtioTest {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;

  @BeforeAll
  static void fetch(@TempDir Path at) throws IOException, InterruptedException {
    Guests.fetch(at, DebianKernel.CLOUD);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = GuestVirtioTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** The guest's initial RAM disk with a script, and the program that opens its sockets. */
  private Path initramfs(byte[] script) throws IOException, InterruptedException {
    Path source = Files.write(folder.resolve("vsock-sh.s"), resource("vsock-sh.s"));
    Path object = folder.resolve("vsock-sh.o");
    Path program = folder.resolve("vsock-sh");
    assertThat(BuiltCommand.tool(folder, "as", "-o", object.toString(), source.toString()).err())
        .isEmpty();
    assertThat(BuiltCommand.tool(folder, "ld", "-o", program.toString(), object.toString()).err())
        .isEmpty();
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("go", script);
    files.put("vsock-sh", Files.readAllBytes(program));
    return GuestFiles.append(
        GuestStore.ofUser(DebianKernel.CLOUD).initramfs(), files, folder.resolve("initramfs"));
  }

  private BuiltCommand.Ended boot(Path initramfs, String... devices)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("run", "--statistics", "--initrd", initramfs.toString()));
    arguments.addAll(List.of(devices));
    arguments.addAll(List.of("--append", "console=ttyS0 panic=-1 quiet tenon.exec=sh /go"));
    return BuiltCommand.tenon(folder, Map.of(), arguments.toArray(String[]::new));
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  @Test
  void aGuestUsesThemAll() throws IOException, InterruptedException {
    Path initramfs = initramfs(resource("guest-virtio.sh"));
    CompletableFuture<Long> echoed = HostPeer.serve(path("vsock_5000"), HostPeer::echo);
    CompletableFuture<List<Long>> resident = HostPeer.async(this::setBalloon);
    CompletableFuture<Boolean> first = HostPeer.async(() -> isPortEchoed("a", 2_000_000));
    CompletableFuture<Boolean> second = HostPeer.async(() -> isPortEchoed("b", 1_000_000));
    CompletableFuture<Boolean> connected = HostPeer.async(this::isGuestEchoing);
    BuiltCommand.Ended ended =
        boot(
            initramfs,
            "--rng",
            "--port",
            "name=org.tenon.a,socket=" + path("a"),
            "--port",
            "name=org.tenon.b,socket=" + path("b"),
            "--balloon",
            "--control",
            path("control").toString(),
            "--vsock",
            "cid=42,path=" + path("vsock"));
    assertThat(ended.status()).as("%s%n%s", ended.err(), ended.out()).isZero();
    assertThat(ended.out())
        .contains("rng: virtio_rng.0 8192\n")
        .contains("vsock: echoed\n")
        .contains("vsock: refused with 104\n")
        .contains("balloon: took 98304 kB\n")
        .contains("balloon: kept 0 kB\n")
        .contains("tenon-guest: exit 0")
        .doesNotContain("complaint:");
    assertThat(first.join()).as("port a").isTrue();
    assertThat(second.join()).as("port b").isTrue();
    assertThat(echoed.join()).isEqualTo(1_536_000);
    assertThat(connected.join()).as("from the host").isTrue();
    List<Long> bytes = resident.join();
    assertThat(bytes.get(0) - bytes.get(1))
        .as("memory given back of %s", bytes)
        .isGreaterThan(80 * MIB);
  }

  private boolean isPortEchoed(String port, int bytes) throws IOException, InterruptedException {
    try (SocketChannel peer = HostPeer.connect(path(port))) {
      return HostPeer.isEchoed(peer, bytes, bytes);
    }
  }

  /** Connects until a program in the guest listens. */
  private boolean isGuestEchoing() throws IOException, InterruptedException {
    while (true) {
      try (SocketChannel peer = HostPeer.connect(path("vsock"))) {
        HostPeer.say(peer, "CONNECT 6000");
        String answer = HostPeer.line(peer);
        if (answer.matches("OK \\d+")) {
          boolean echoed = HostPeer.isEchoed(peer, 1_200_000, 3);
          peer.shutdownOutput();
          return echoed && HostPeer.line(peer).isEmpty();
        }
        assertThat(answer).isEmpty();
      }
    }
  }

  /**
   * Takes 96 MiB from the guest when it has filled and freed as much, and gives them back. Answers
   * how much of its memory the host held before and after.
   */
  private List<Long> setBalloon() throws IOException, InterruptedException {
    List<Long> resident = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path("vsock_5001")));
      try (SocketChannel guest = server.accept()) {
        assertThat(HostPeer.line(guest)).isEqualTo("filled");
        resident.add(guestMemory());
        HostPeer.say(guest, "go");
      }
      try (SocketChannel control = HostPeer.connect(path("control"))) {
        try (SocketChannel guest = server.accept()) {
          assertThat(HostPeer.line(guest)).isEqualTo("freed");
          assertThat(ask(control, "balloon 999G")).startsWith("error: a balloon takes 0 to ");
          await(control, 96 * MIB);
          resident.add(guestMemory());
          assertThat(ask(control, "balloon statistics"))
              .startsWith("ok ")
              .contains("free=")
              .contains("total=");
          HostPeer.say(guest, "go");
        }
        try (SocketChannel guest = server.accept()) {
          assertThat(HostPeer.line(guest)).isEqualTo("read");
          await(control, 0);
          HostPeer.say(guest, "go");
        }
      }
    }
    return resident;
  }

  private static String ask(SocketChannel control, String command) throws IOException {
    HostPeer.say(control, command);
    return HostPeer.line(control);
  }

  /** Sets a size and asks until the guest has followed. */
  private static void await(SocketChannel control, long bytes) throws IOException {
    String answer = ask(control, "balloon " + bytes / MIB + "M");
    while (!answer.equals("ok target=%d actual=%d".formatted(bytes, bytes))) {
      assertThat(answer).startsWith("ok target=" + bytes);
      answer = ask(control, "balloon");
    }
  }

  /** Shared memory that the command holds (proc(5), RssShmem): the guest's. */
  private static long guestMemory() throws IOException {
    long most = 0;
    for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
      Path status = Path.of("/proc", Long.toString(child.pid()), "status");
      if (Files.exists(status)) {
        most =
            Math.max(
                most,
                Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("RssShmem:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum());
      }
    }
    return most;
  }

  /** Nothing comes from outside: the same bytes, the same instructions, the same file. */
  @Test
  void aRunWithoutInputRepeatsToTheInstruction() throws IOException, InterruptedException {
    String script =
        """
        dd if=/dev/hwrng bs=1k count=4 2>/dev/null | sha256sum
        dd if=/dev/hwrng bs=1k count=200 2>/dev/null > /dev/virtio-ports/log
        grep MemTotal /proc/meminfo
        """;
    Path initramfs = initramfs(script.getBytes(StandardCharsets.UTF_8));
    List<BuiltCommand.Ended> runs = new ArrayList<>();
    for (String log : List.of("first", "again")) {
      runs.add(
          boot(
              initramfs,
              "--rng",
              "seed=7",
              "--port",
              "name=log,file=" + path(log),
              "--balloon",
              "size=32M",
              "--vsock",
              "cid=3,path=" + path("unused")));
    }
    assertThat(runs.get(0).out()).contains("  -\n").contains("tenon-guest: exit 0");
    assertThat(runs.get(1).out()).isEqualTo(runs.get(0).out());
    assertThat(instructions(runs.get(1))).isEqualTo(instructions(runs.get(0)));
    assertThat(path("first")).hasSize(200 << 10);
    assertThat(Files.mismatch(path("first"), path("again"))).isEqualTo(-1);
  }

  private static String instructions(BuiltCommand.Ended ended) {
    assertThat(ended.err()).contains(" instructions in ");
    return ended.err().substring(0, ended.err().indexOf(" instructions"));
  }
}
