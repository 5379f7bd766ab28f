package org.tenon.kit.testing.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;

/** Real servers behind the proxy, and qemu-io, an NBD client by others, in front of it. */
class NbdProxyTest {
  private static final int SIZE = 1 << 20;
  @TempDir Path folder;

  private String qemuIo(NbdProxy proxy, String... commands)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("qemu-io", "-f", "raw", "-t", "writeback"));
    for (String command : commands) {
      line.addAll(List.of("-c", command));
    }
    line.add(proxy.uri().toString());
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private Path image() throws IOException {
    return Files.write(folder.resolve("disk"), new byte[SIZE]);
  }

  @ParameterizedTest
  @EnumSource(NbdServer.Program.class)
  void recordsWhatAClientDoes(NbdServer.Program program) throws Exception {
    try (NbdServer server = new NbdServer(program, image());
        NbdProxy proxy = new NbdProxy(new Ticks(), server)) {
      String output =
          qemuIo(
              proxy,
              "write -P 0xab 4096 8192",
              "write -f -P 0xcd 65536 512",
              "write -z 4096 4096",
              "discard 65536 4096",
              "flush",
              "write -P 0xef 0 512",
              "read -P 0xab 8192 4096");
      assertThat(output).contains("read 4096/4096 bytes at offset 8192").doesNotContain("failed");
      List<StorageEvent> events = proxy.log().events();
      assertThat(
              events.stream()
                  .filter(StorageEvent.Change.class::isInstance)
                  .map(StorageEvent::words))
          .contains(
              "write of 8192 bytes at 4096",
              "write of 512 bytes at 65536, durable",
              "zeroing of 4096 bytes at 4096",
              "zeroing of 4096 bytes at 65536",
              "write of 512 bytes at 0");
      assertThat(events).allSatisfy(event -> assertThat(event.ended()).isLessThan(Ticks.NEVER));
      assertThat(proxy.isWhole()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(NbdServer.Program.class)
  void injectsErrorsAndCuts(NbdServer.Program program) throws Exception {
    try (NbdServer server = new NbdServer(program, image());
        NbdProxy proxy = new NbdProxy(new Ticks(), server)) {
      proxy.faults().fail(access -> access.operation() == Operation.WRITE, Failure.NO_SPACE);
      assertThat(qemuIo(proxy, "write -P 1 0 512")).contains("No space left on device");
      proxy.faults().clear();
      proxy.faults().fail(access -> access.operation() == Operation.READ, Failure.INPUT_OUTPUT);
      assertThat(qemuIo(proxy, "read 0 512")).contains("Input/output error");
      proxy.faults().clear();
      assertThat(proxy.log().count(StorageEvent.Change.class)).isZero();

      proxy.cutAfter(access -> access.operation() == Operation.WRITE && access.offset() == 512);
      assertThat(qemuIo(proxy, "write -P 2 512 512")).contains("failed");
      assertThat(proxy.log().events().getFirst().ended()).isLessThan(Ticks.NEVER);
      proxy.cutBefore(access -> access.operation() == Operation.WRITE && access.offset() == 1024);
      assertThat(qemuIo(proxy, "write -P 3 1024 512")).contains("failed");
      assertThat(proxy.log().count(StorageEvent.Change.class)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(NbdServer.Program.class)
  void aServerThatIsKilledAndStartedAgainServes(NbdServer.Program program) throws Exception {
    try (NbdServer server = new NbdServer(program, image());
        NbdProxy proxy = new NbdProxy(new Ticks(), server)) {
      assertThat(qemuIo(proxy, "write -P 5 0 4096")).contains("wrote 4096/4096");
      server.kill();
      assertThat(qemuIo(proxy, "read -P 5 0 4096")).doesNotContain("read 4096/4096");
      server.start();
      assertThat(qemuIo(proxy, "read -P 5 0 4096"))
          .contains("read 4096/4096")
          .doesNotContain("verification failed");
      proxy.restore(proxy.base());
      assertThat(qemuIo(proxy, "read -P 0 0 4096"))
          .contains("read 4096/4096")
          .doesNotContain("verification failed");
    }
  }
}
