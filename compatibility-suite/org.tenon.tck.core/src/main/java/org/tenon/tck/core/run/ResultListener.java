package org.tenon.tck.core.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.MultipleFailuresError;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;
import org.tenon.tck.core.verdict.TestResult;

/**
 * Turns what JUnit reports into {@link TestResult}s and progress. Called on the launcher's thread.
 */
final class ResultListener implements TestExecutionListener {
  private final SuitePlan plan;
  private final RunOptions options;
  private final String command;
  private final Consumer<RunEvent> progress;
  private final Map<TestCase, Long> startedAt = new HashMap<>();
  private final List<TestResult> results = new ArrayList<>();

  ResultListener(SuitePlan plan, RunOptions options, String command, Consumer<RunEvent> progress) {
    this.plan = plan;
    this.options = options;
    this.command = command;
    this.progress = progress;
  }

  List<TestResult> results() {
    return List.copyOf(results);
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    plan.find(identifier)
        .ifPresent(test -> {
          startedAt.put(test, System.nanoTime());
          progress.accept(new RunEvent.TestStarted(test));
        });
  }

  @Override
  public void executionSkipped(TestIdentifier identifier, String reason) {
    plan.find(identifier).ifPresent(test -> finish(test, new Outcome.NotRun("skipped: " + reason)));
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    Optional<TestCase> test = plan.find(identifier);
    if (test.isPresent()) {
      finish(test.get(), outcome(test.get(), result));
    } else if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      throw new IllegalStateException(
          "the suite itself failed in " + identifier.getDisplayName(),
          result.getThrowable().orElse(null));
    }
  }

  private void finish(TestCase test, Outcome outcome) {
    Long began = startedAt.get(test);
    Duration took = began == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - began);
    TestResult result = new TestResult(test, outcome, took);
    results.add(result);
    progress.accept(new RunEvent.TestFinished(result));
  }

  private Outcome outcome(TestCase test, TestExecutionResult result) {
    Throwable thrown = result.getThrowable().orElse(null);
    return switch (result.getStatus()) {
      case SUCCESSFUL -> new Outcome.Passed();
      case ABORTED -> aborted(test, thrown);
      case FAILED -> new Outcome.Failed(failures(test, thrown));
    };
  }

  private static Outcome aborted(TestCase test, @Nullable Throwable thrown) {
    String reason = thrown == null ? "aborted" : String.valueOf(thrown.getMessage());
    return thrown instanceof NotApplicable && !test.requires().isEmpty()
        ? new Outcome.NotApplicable(reason)
        : new Outcome.NotRun(reason);
  }

  private List<Failure> failures(TestCase test, @Nullable Throwable thrown) {
    List<Failure> failures = new ArrayList<>();
    List<Throwable> after = violationsAfter(thrown);
    // A test that stumbles over a fault of the driver says less than the fault itself, which
    // cleaning-up reports.
    if (after.isEmpty()
        || thrown instanceof ClauseViolated
        || thrown instanceof MultipleFailuresError) {
      collect(test, thrown, failures);
    }
    after.forEach(violation -> collect(test, violation, failures));
    return failures;
  }

  private void collect(TestCase test, @Nullable Throwable thrown, List<Failure> failures) {
    switch (thrown) {
      case null ->
          failures.add(failure(test, "the test passes", "it failed without saying why", ""));
      case ClauseViolated violated ->
          failures.add(
              new Failure(
                  violated.clause(),
                  violated.expected(),
                  violated.actual(),
                  options.seed(),
                  rerun(test),
                  trace(violated)));
      case MultipleFailuresError several when !several.getFailures().isEmpty() ->
          several.getFailures().forEach(one -> collect(test, one, failures));
      case TimeoutException timeout ->
          failures.add(
              failure(
                  test,
                  "an end of the test",
                  String.valueOf(timeout.getMessage()),
                  trace(timeout)));
      case AssertionError failed ->
          failures.add(
              failure(
                  test,
                  "the test's expectation",
                  String.valueOf(failed.getMessage()),
                  trace(failed)));
      default -> failures.add(failure(test, "no exception", thrown.toString(), trace(thrown)));
    }
  }

  /** What cleaning-up found, which JUnit keeps as suppressed. */
  private static List<Throwable> violationsAfter(@Nullable Throwable thrown) {
    return thrown == null
        ? List.of()
        : Stream.of(thrown.getSuppressed())
            .filter(t -> t instanceof ClauseViolated || t instanceof MultipleFailuresError)
            .toList();
  }

  /** A failure that names no clause is held against the clause that the test is about. */
  private Failure failure(TestCase test, String expected, String actual, String trace) {
    return new Failure(
        test.clauses().getFirst(), expected, actual, options.seed(), rerun(test), trace);
  }

  private String rerun(TestCase test) {
    return "%s --level %s --test %s --seed %s"
        .formatted(command, test.level(), test.name(), options.seed());
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
