package org.tenon.tck.core.run;

import org.opentest4j.TestAbortedException;

/**
 * Ends a test whose {@link org.tenon.tck.core.Requires} its subject does not meet. Thrown by a
 * profile's set-up, never by a test; from a test that requires nothing it counts as not run.
 */
public final class NotApplicable extends TestAbortedException {
  private static final long serialVersionUID = 1L;

  /** Ends the test. */
  public NotApplicable(String reason) {
    super(reason);
  }
}
