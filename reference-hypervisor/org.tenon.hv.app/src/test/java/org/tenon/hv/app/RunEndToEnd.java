package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tenon run} as users start it, with kernels of a few instructions. */
class RunEndToEnd {
  private static final String POWER_OFF = "66ba0406 66b80034 66ef f4";

  @TempDir static Path tree;
  private static LauncherHome tenon;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    tenon = new LauncherHome(tree);
    LauncherHome.Ended ended = tenon.run("--version");
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  private String kernel(String code) throws IOException {
    return Files.write(folder.resolve("kernel"), Rehearsal.kernel(code)).toString();
  }

  /** Prints each letter on COM1. */
  private static String print(String text) {
    StringBuilder code = new StringBuilder();
    text.chars().forEach(letter -> code.append("66baf803 b0%02x ee ".formatted(letter)));
    return code.toString();
  }

  @ParameterizedTest
  @CsvSource({
    POWER_OFF + ", 0, ''",
    "66baf90c b006 ee f4, 10, the guest asked for a restart: cf9",
    "66ba6400 b0fe ee f4, 10, the guest asked for a restart: i8042",
    "0f0b, 10, the guest asked for a restart: triple fault",
    "fa f4, 11, the guest has halted: every processor has halted with interrupts off"
  })
  void theStatusSaysHowTheGuestEnded(String code, int status, String why) throws IOException {
    LauncherHome.Ended ended = tenon.run("run", "--kernel", kernel(print("end") + code));
    assertThat(ended.out()).isEqualTo("end");
    assertThat(ended.err()).startsWith(why.isEmpty() ? "" : "tenon: " + why);
    assertThat(ended.err().lines()).hasSize(why.isEmpty() ? 0 : 1);
    assertThat(ended.status()).isEqualTo(status);
  }

  @Test
  void endsAtATextAndGoesOnFromThere() throws IOException {
    String kernel = kernel(print("one two three") + POWER_OFF);
    String saved = folder.resolve("saved").toString();
    LauncherHome.Ended first =
        tenon.run("run", "--kernel", kernel, "--cpus", "2", "--until", "two", "--save", saved);
    assertThat(first.err()).isEmpty();
    assertThat(first.out()).isEqualTo("one two");
    assertThat(first.status()).isZero();
    Files.delete(Path.of(kernel));
    LauncherHome.Ended second = tenon.run("run", "--restore", saved);
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).isEqualTo(" three");
    assertThat(second.status()).isZero();
  }

  @Test
  void whatCannotBeRestoredIsOneClearLine() throws IOException {
    refused("there is no file ", "--restore", folder.resolve("none").toString());
    Path text = Files.writeString(folder.resolve("text"), "I am a text, and no machine at all");
    refused(text + ": this is no saved machine", "--restore", text.toString());
    String kernel = kernel(POWER_OFF);
    String nowhere = folder.resolve("none/saved").toString();
    refused("cannot save to " + nowhere, "--kernel", kernel, "--save", nowhere);
  }

  private static void refused(String why, String... options) throws IOException {
    String[] command = new String[options.length + 1];
    command[0] = "run";
    System.arraycopy(options, 0, command, 1, options.length);
    LauncherHome.Ended ended = tenon.run(command);
    assertThat(ended.err()).startsWith("tenon: " + why);
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.status()).isEqualTo(2);
  }
}
