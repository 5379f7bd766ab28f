package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tenon bench} as users start it: what it prints and writes, and that nothing is lost. */
class BenchEndToEnd {
  @TempDir static Path tree;
  private static LauncherHome tenon;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    tenon = new LauncherHome(tree);
    LauncherHome.Ended ended = tenon.run("--version");
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  private LauncherHome.Ended bench(String... arguments) throws IOException {
    String[] all = new String[arguments.length + 5];
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[0] = "bench";
    System.arraycopy(
        new String[] {"--seconds", "1", "--json", json().toString()},
        0,
        all,
        arguments.length + 1,
        4);
    LauncherHome.Ended ended = tenon.run(all);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended;
  }

  private Path json() {
    return folder.resolve("report.json");
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json().toFile());
  }

  @Test
  void comparesADeviceModelWithTheDriverAlone() throws IOException {
    LauncherHome.Ended ended = bench("--through", "nvme", "--rounds", "1", "--depth", "8");
    assertThat(ended.out())
        .startsWith("null: 4096-byte random requests, 100 % reads, depth 8 on 1 queue(s)")
        .contains("  direct  ", "  nvme    ", "  nvme to direct: ", " 0 errors ");
    assertThat(report().at("/ratio").asDouble()).isPositive();
    assertThat(report().at("/direct/0/path").asText()).isEqualTo("direct");
    assertThat(report().at("/through/0/path").asText()).isEqualTo("nvme");
    assertThat(report().at("/through/0/requests").asLong()).isPositive();
  }

  @Test
  void countsPacketsFromCardToCard() throws IOException {
    LauncherHome.Ended ended = bench("--through", "switch", "--frame-size", "1514");
    assertThat(ended.out()).contains("frames of 1514 bytes", " packets/s  received ");
    assertThat(report().at("/received").asLong()).isPositive();
    assertThat(report().at("/sent").asLong() - report().at("/received").asLong())
        .isBetween(-32L, 32L);
  }
}
