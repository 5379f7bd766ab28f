package org.tenon.tck.core.run;

import org.opentest4j.TestAbortedException;

/** Ends a test that applies but cannot be carried out here. Its clauses stay unproven. */
public final class NotRun extends TestAbortedException {
  private static final long serialVersionUID = 1L;

  /** Ends the test. */
  public NotRun(String reason) {
    super(reason);
  }
}
