package org.tenon.tck.core.verdict;

import java.time.Duration;
import java.util.List;
import org.tenon.tck.core.TestCase;

/**
 * A test and how it ended.
 *
 * @param test which one
 * @param outcome how it ended
 * @param took how long it ran
 */
public record TestResult(TestCase test, Outcome outcome, Duration took) {
  /** What was broken; empty unless the test failed. */
  public List<Failure> failures() {
    return outcome instanceof Outcome.Failed failed ? failed.failures() : List.of();
  }

  /** Whether every promise that it looked at was kept. */
  public boolean passed() {
    return outcome instanceof Outcome.Passed;
  }
}
