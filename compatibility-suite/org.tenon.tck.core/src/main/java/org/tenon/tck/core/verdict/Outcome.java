package org.tenon.tck.core.verdict;

import java.util.List;
import java.util.stream.Collectors;

/** How a test ended. */
public sealed interface Outcome {
  /** Every promise that it looked at was kept. */
  record Passed() implements Outcome {}

  /**
   * Promises were broken.
   *
   * @param failures at least one; the first is what ended the test
   */
  record Failed(List<Failure> failures) implements Outcome {
    /** Copies the list. */
    public Failed {
      failures = List.copyOf(failures);
    }
  }

  /**
   * The subject did not agree to what the test is about.
   *
   * @param reason which trait it lacks
   */
  record NotApplicable(String reason) implements Outcome {}

  /**
   * The test applies but was not carried out; it proves nothing.
   *
   * @param reason why
   */
  record NotRun(String reason) implements Outcome {}

  /** In one line, for people. */
  default String summary() {
    return switch (this) {
      case Passed passed -> "passed";
      case Failed failed ->
          failed.failures().stream()
              .map(failure -> failure.clause() + ": " + failure.actual())
              .collect(Collectors.joining("; "));
      case NotApplicable notApplicable -> notApplicable.reason();
      case NotRun notRun -> notRun.reason();
    };
  }
}
