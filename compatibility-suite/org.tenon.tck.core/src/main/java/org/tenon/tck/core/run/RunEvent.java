package org.tenon.tck.core.run;

import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.verdict.TestResult;

/**
 * What happens during a run, as it happens. Delivered on the thread that runs the tests; a listener
 * must not block.
 */
public sealed interface RunEvent {
  /** The run begins with that many tests. */
  record Started(Subject subject, Seed seed, int tests) implements RunEvent {}

  /** A test begins. */
  record TestStarted(TestCase test) implements RunEvent {}

  /** A test has ended. */
  record TestFinished(TestResult result) implements RunEvent {}

  /** The run has ended. */
  record Finished(RunReport report) implements RunEvent {}
}
