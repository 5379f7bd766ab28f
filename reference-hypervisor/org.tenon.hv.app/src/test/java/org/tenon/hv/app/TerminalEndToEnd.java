package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code tenon run} on a terminal, which script(1) makes, and on a pipe. The guest says that it is
 * ready, then sends back every byte it gets, and powers off after a q.
 */
@Timeout(120)
class TerminalEndToEnd {
  private static final String ECHO =
      """
      66baf803 b07e ee
      66bafd03 ec a801 74fb 66baf803 ec ee 3c71 75ed
      66ba0406 66b80034 66ef f4
      """;
  private static final char READY = '~';
  private static final String AND_LOOK = "; echo status $?; stty -a";

  @TempDir static Path tree;
  private static LauncherHome tenon;
  private static String command;

  @BeforeAll
  static void build() throws IOException {
    tenon = new LauncherHome(tree);
    assertThat(tenon.run("--version").status()).isZero();
    Path kernel = Files.write(tree.resolve("kernel"), Rehearsal.kernel(ECHO));
    command = tree.resolve("tenon") + " run --kernel " + kernel;
  }

  /** What somebody does when the guest is ready. */
  private interface Action {
    void on(Process process, OutputStream keyboard) throws IOException;
  }

  private static Action type(String keys) {
    return (process, keyboard) -> {
      keyboard.write(keys.getBytes(StandardCharsets.US_ASCII));
      keyboard.flush();
    };
  }

  /** What is printed from the moment on when the guest is ready, and the status at the end. */
  private static String run(List<String> command, Action action)
      throws IOException, InterruptedException {
    Process process = tenon.command(command).redirectErrorStream(true).start();
    StringBuilder printed = new StringBuilder();
    // A read of a pipe cannot be interrupted: what hangs is ended instead.
    CompletableFuture<Process> deadline =
        process
            .onExit()
            .completeOnTimeout(process, 60, TimeUnit.SECONDS)
            .whenComplete((ended, failure) -> process.destroyForcibly());
    try (OutputStream keyboard = process.getOutputStream();
        InputStream screen = process.getInputStream()) {
      for (int next = screen.read(); next >= 0; next = screen.read()) {
        printed.append((char) next);
        if (next == READY) {
          printed.setLength(0);
          action.on(process, keyboard);
        }
      }
    }
    assertThat(deadline).isNotCancelled();
    return printed + "=" + process.waitFor();
  }

  private static List<String> onTerminal(String command) {
    return List.of("script", "--quiet", "--return", "--command", command, "/dev/null");
  }

  @Test
  void everyKeyReachesTheGuest() throws IOException, InterruptedException {
    assertThat(run(onTerminal(command), type("a\u0003\u0004\u001a\r\u0001\u0001q")))
        .as("no key is echoed twice, or means a signal or the end of input to the host")
        .isEqualTo("a\u0003\u0004\u001a\r\u0001q\r\n=0");
  }

  @Test
  void theEscapeKeyEndsTheRunAndGivesTheTerminalBack() throws IOException, InterruptedException {
    assertThat(run(onTerminal(command + AND_LOOK), type("\u0001x")))
        .startsWith("\r\nstatus 12\r\n")
        .containsPattern("(?m)^isig icanon .* echo ")
        .endsWith("=0");
  }

  @Test
  void aSignalGivesTheTerminalBack() throws IOException, InterruptedException {
    Action terminate =
        (process, keyboard) ->
            process
                .descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .forEach(ProcessHandle::destroy);
    assertThat(run(onTerminal(command + AND_LOOK), terminate))
        .startsWith("status 143\r\n")
        .containsPattern("(?m)^isig icanon .* echo ");
  }

  @Test
  void aPipeIsPassedOnAsItIs() throws IOException, InterruptedException {
    assertThat(run(List.of("sh", "-c", command), type("a\u0003\u0001xq")))
        .isEqualTo("a\u0003\u0001xq=0");
  }
}
