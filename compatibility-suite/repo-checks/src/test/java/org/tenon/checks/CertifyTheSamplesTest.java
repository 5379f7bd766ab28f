package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The product's main job as its user does it: the built command certifies the samples, on real
 * files and behind a real NBD server, and its report says so.
 */
class CertifyTheSamplesTest {
  private static final Path APP =
      Repository.root().resolve("reference-hypervisor/org.tenon.hv.app/target/app");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"block-file", "block-nbd"})
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
    assertThat(APP).as("the application: run mvn verify, not mvn test").isDirectory();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=org.tenon.api,org.tenon.spi,org.tenon.spi.block",
                "--module-path",
                jars("sdk"),
                "--class-path",
                jars("lib"),
                "-Dtenon.home=" + Repository.root(),
                "org.tenon.hv.app.Main",
                "certify"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--seed", "1", "--out", folder.resolve("report").toString()));
    Path log = folder.resolve("log");
    int status =
        new ProcessBuilder(command)
            .directory(Repository.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    assertThat(status).as(() -> read(log)).isZero();
    return new ObjectMapper().readTree(folder.resolve("report/report.json").toFile());
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String jars(String name) throws IOException {
    try (Stream<Path> jars = Files.list(APP.resolve(name))) {
      return jars.map(Path::toString).sorted().collect(Collectors.joining(":"));
    }
  }
}
