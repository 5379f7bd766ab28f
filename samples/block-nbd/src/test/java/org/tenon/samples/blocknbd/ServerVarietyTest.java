package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.DriverException;

/** Real servers that can do more or less, over Unix sockets, TCP and TLS. */
class ServerVarietyTest {
  @TempDir Path folder;

  private static byte[] pattern(long seed, int bytes) {
    byte[] data = new byte[bytes];
    new SplittableRandom(seed).nextBytes(data);
    return data;
  }

  private ServerProcess nbdkit(String... arguments) throws IOException {
    Path socket = folder.resolve("socket");
    List<String> command = new ArrayList<>(List.of("nbdkit", "-f", "-U", socket.toString()));
    command.addAll(List.of(arguments));
    return ServerProcess.start(folder, UnixDomainSocketAddress.of(socket), command);
  }

  private BlockHarness.Builder driver() {
    return BlockHarness.of(new NbdBlockDriverFactory())
        .setting("uri", "nbd+unix:///?socket=" + folder.resolve("socket"));
  }

  /** Whatever the server cannot do itself, the device does all the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "memory 4M",
        "--filter=nozero memory 4M zeromode=none",
        "--filter=fua memory 4M",
        "--filter=fua --filter=nozero memory 4M fuamode=emulate zeromode=none",
        "--filter=multi-conn memory 4M multi-conn-mode=disable",
        "--filter=blocksize-policy memory 4M blocksize-minimum=4096 blocksize-preferred=4096"
            + " blocksize-maximum=64K blocksize-error-policy=error",
        "--filter=noparallel memory 4M",
        "--mask-handshake=0 memory 4M"
      })
  void servesWithWhatTheServerHas(String arguments) throws Exception {
    try (ServerProcess server = nbdkit(arguments.split(" "))) {
      boolean tooOld = arguments.contains("mask-handshake=0");
      if (tooOld) {
        assertThatThrownBy(() -> driver().open())
            .isInstanceOf(DriverException.class)
            .hasMessageContaining("fixed newstyle");
        return;
      }
      try (BlockHarness disk = driver().open()) {
        int block = disk.geometry().logicalBlockSize();
        int count = (4 << 20) / block;
        assertThat(disk.geometry().blocks()).isEqualTo(count);
        byte[] data = pattern(1, 16 * block);
        disk.write(count - 16, data);
        disk.writeDurably(3, Arrays.copyOf(data, block));
        disk.flush();
        disk.writeZeroes(count - 8, 4);
        assertThat(disk.perform(BlockRequest.writeZeroes(count - 3, 1).fua()).isOk()).isTrue();
        disk.discard(count - 1, 1);
        Arrays.fill(data, 8 * block, 12 * block, (byte) 0);
        Arrays.fill(data, 13 * block, 14 * block, (byte) 0);
        byte[] expected = Arrays.copyOf(data, 15 * block);
        assertThat(disk.read(count - 16, 15)).isEqualTo(expected);
        assertThat(disk.read(3, 1)).isEqualTo(Arrays.copyOf(data, block));
        // Further connections come up while the first one serves.
        await().untilAsserted(() -> assertThat(disk.health()).isEqualTo(Health.up()));
      }
      server.signal("CONT");
    }
  }

  @Test
  void anErrorOfTheServerIsAStatus() throws Exception {
    try (ServerProcess server =
            nbdkit(
                "--filter=error",
                "memory",
                "4M",
                "error-pwrite=ENOSPC",
                "error-pwrite-rate=100%",
                "error-pread=EIO",
                "error-pread-rate=100%");
        BlockHarness disk = driver().open()) {
      assertThat(disk.perform(BlockRequest.write(0, 1, new byte[512])).status())
          .isEqualTo(Status.NO_SPACE);
      assertThat(disk.perform(BlockRequest.read(0, 1)).status()).isEqualTo(Status.IO_ERROR);
      disk.flush();
      server.signal("CONT");
    }
  }

  @Test
  void aReadOnlyExportIsAReadOnlyDevice() throws Exception {
    try (ServerProcess server = nbdkit("-r", "memory", "4M");
        BlockHarness disk = driver().open()) {
      assertThat(disk.geometry().readOnly()).isTrue();
      assertThat(disk.perform(BlockRequest.write(0, 1, new byte[512])).status())
          .isEqualTo(Status.READ_ONLY);
      assertThat(disk.read(0, 1)).containsOnly(0);
      server.signal("CONT");
    }
  }

  /** qemu-nbd cuts a read of holes and data into pieces. */
  @Test
  void readsHolesAndDataOfOneReply() throws Exception {
    Path image = folder.resolve("image");
    byte[] content = new byte[1 << 20];
    System.arraycopy(pattern(2, 128 << 10), 0, content, 256 << 10, 128 << 10);
    try (var file =
        Files.newByteChannel(
            image,
            java.util.Set.of(
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE,
                java.nio.file.StandardOpenOption.SPARSE))) {
      file.position(256 << 10).write(java.nio.ByteBuffer.wrap(content, 256 << 10, 128 << 10));
      file.position((1 << 20) - 1).write(java.nio.ByteBuffer.allocate(1));
    }
    Path socket = folder.resolve("socket");
    try (ServerProcess server =
            ServerProcess.start(
                folder,
                UnixDomainSocketAddress.of(socket),
                List.of(
                    "qemu-nbd",
                    "-f",
                    "raw",
                    "--persistent",
                    "--shared=8",
                    "-k",
                    socket.toString(),
                    image.toString()));
        BlockHarness disk = driver().open()) {
      assertThat(disk.read(0, 2048)).isEqualTo(content);
      server.signal("CONT");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no such export", "nobody listens"})
  void saysInOneLineWhyItCannotOpen(String why) throws Exception {
    Path socket = folder.resolve("socket");
    Path image = Files.write(folder.resolve("image"), new byte[4096]);
    List<String> command =
        List.of(
            "qemu-nbd",
            "-f",
            "raw",
            "--persistent",
            "-x",
            "disk",
            "-k",
            socket.toString(),
            image.toString());
    ServerProcess server = ServerProcess.start(folder, UnixDomainSocketAddress.of(socket), command);
    if (why.equals("nobody listens")) {
      server.close();
    }
    try (server) {
      assertThatThrownBy(() -> driver().open())
          .isInstanceOf(DriverException.class)
          .hasMessageContaining("start the server, or mend 'uri'")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void speaksTcpAndTls() throws Exception {
    Certificates.make(folder, "localhost");
    InetSocketAddress address = ServerProcess.freePort();
    String port = Integer.toString(address.getPort());
    try (ServerProcess server =
        ServerProcess.start(
            folder,
            address,
            List.of(
                "nbdkit",
                "-f",
                "-i",
                "127.0.0.1",
                "-p",
                port,
                "--tls=require",
                "--tls-certificates=" + folder,
                "--tls-verify-peer",
                "memory",
                "4M"))) {
      BlockHarness.Builder secured =
          BlockHarness.of(new NbdBlockDriverFactory())
              .setting("uri", "nbds://localhost:" + port + "/")
              .setting("tls-certificates", folder.toString());
      try (BlockHarness disk = secured.open()) {
        byte[] data = pattern(3, 1 << 20);
        disk.write(100, data);
        disk.flush();
        assertThat(disk.read(100, 2048)).isEqualTo(data);
      }
      assertThatThrownBy(() ->
              BlockHarness.open(
                  new NbdBlockDriverFactory(), java.util.Map.of("uri", "nbd://127.0.0.1:" + port)))
          .hasMessageContaining("demands TLS");
      assertThatThrownBy(() -> secured.setting("tls-hostname", "elsewhere.example").open())
          .as("a certificate that is made out to another name")
          .isInstanceOf(DriverException.class);
      server.signal("CONT");
    }
  }
}
