package org.tenon.hv.app;

import java.util.function.Consumer;
import org.tenon.tck.core.run.RunEvent;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;

/** Shows a run as it goes: one line that moves on a terminal, a line for each test elsewhere. */
final class RunProgress implements Consumer<RunEvent> {
  private final Console console;
  private int tests;
  private int ended;
  private int broken;

  RunProgress(Console console) {
    this.console = console;
  }

  @Override
  public void accept(RunEvent event) {
    switch (event) {
      case RunEvent.Started started -> begin(started);
      case RunEvent.TestStarted test -> console.showLive(line(test.test().toString()));
      case RunEvent.TestFinished finished -> end(finished.result());
      case RunEvent.Finished finished -> console.showLive(null);
    }
  }

  private void begin(RunEvent.Started started) {
    tests = started.tests();
    console.print(
        "certify  %s, %d tests, seed %s"
            .formatted(console.bold(started.subject().id().value()), tests, started.seed()));
  }

  private void end(TestResult result) {
    ended++;
    if (result.outcome() instanceof Outcome.Failed || result.outcome() instanceof Outcome.NotRun) {
      broken++;
      console.showLive(null);
      console.print(ended(result));
    } else if (!console.live()) {
      console.print(ended(result));
    }
  }

  private String ended(TestResult result) {
    String word =
        switch (result.outcome()) {
          case Outcome.Passed passed -> console.good("passed ");
          case Outcome.Failed failed -> console.bad("FAILED ");
          case Outcome.NotApplicable none -> console.faint("n/a    ");
          case Outcome.NotRun none -> console.bad("NOT RUN");
        };
    String detail =
        result.passed() ? "" : "  " + result.outcome().summary().lines().findFirst().orElse("");
    return "%s  %s %s  %d ms%s"
        .formatted(word, result.test().level(), result.test(), result.took().toMillis(), detail);
  }

  private String line(String test) {
    String failures = broken == 0 ? "" : console.bad("  %d failed".formatted(broken));
    return "[%d/%d]%s  %s".formatted(ended, tests, failures, test);
  }
}
