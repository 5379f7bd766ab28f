package org.tenon.tck.core;

import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Stability;

/** What a test throws when its subject breaks a clause. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class ClauseViolated extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final transient ClauseId clause;
  private final String expected;
  private final String actual;

  /**
   * A violation.
   *
   * @param clause which clause was broken
   * @param expected what the clause asks for, in the case at hand
   * @param actual what the subject did
   */
  public ClauseViolated(ClauseId clause, String expected, String actual) {
    this(clause, expected, actual, null);
  }

  /** A violation with the exception that showed it. */
  public ClauseViolated(
      ClauseId clause, String expected, String actual, @Nullable Throwable cause) {
    super("%s: expected %s, but %s".formatted(clause, expected, actual), cause);
    this.clause = clause;
    this.expected = expected;
    this.actual = actual;
  }

  /** A fault that the driver kit saw, as a violation. */
  public static ClauseViolated by(Fault fault) {
    return new ClauseViolated(
        fault.clause(),
        "no fault",
        fault.subject() + " " + fault.kind().name() + ": " + fault.detail());
  }

  /** Which clause was broken. */
  public ClauseId clause() {
    return clause;
  }

  /** What the clause asks for. */
  public String expected() {
    return expected;
  }

  /** What the subject did. */
  public String actual() {
    return actual;
  }
}
