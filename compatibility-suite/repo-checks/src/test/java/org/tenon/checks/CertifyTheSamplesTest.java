package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The product's main job as its user does it: the built command certifies the samples, on real
 * files and behind a real NBD server, and its report says so.
 */
class CertifyTheSamplesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "block-file",
        "block-nbd",
        "e1000",
        "nic-loopback",
        "nic-pcap",
        "nic-tap",
        "pci-hello",
        "switch-mirror"
      })
  void sampleReachesTheHighestLevel(String sample) throws IOException, InterruptedException {
    JsonNode report = certify("samples/" + sample, "--level", "L3");
    assertThat(report.at("/verdict/passed").asBoolean()).isTrue();
    assertThat(report.at("/verdict/reached").asText()).isEqualTo("L3");
    assertThat(folder.resolve("report/report.html")).isNotEmptyFile();
    assertThat(folder.resolve("report/junit.xml")).isNotEmptyFile();
  }

  @Test
  void sameSeedGivesTheSameVerdict() throws IOException, InterruptedException {
    Map<String, String> first = clauses(certify("samples/block-file", "--level", "L1"));
    assertThat(clauses(certify("samples/block-file", "--level", "L1"))).isEqualTo(first);
    assertThat(first).hasSizeGreaterThan(60).containsValue("PASSED");
  }

  private static Map<String, String> clauses(JsonNode report) {
    Map<String, String> statuses = new TreeMap<>();
    for (JsonNode clause : report.at("/verdict/clauses")) {
      statuses.put(clause.at("/id").asText(), clause.at("/status").asText());
    }
    return statuses;
  }

  private JsonNode certify(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("certify"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--seed", "1", "--out", folder.resolve("report").toString()));
    BuiltCommand.Ended ended = BuiltCommand.tenon(folder, Map.of(), all.toArray(String[]::new));
    assertThat(ended.status()).as("%s%n%s", ended.out(), ended.err()).isZero();
    return new ObjectMapper().readTree(folder.resolve("report/report.json").toFile());
  }
}
