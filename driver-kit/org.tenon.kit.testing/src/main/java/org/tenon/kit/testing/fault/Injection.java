package org.tenon.kit.testing.fault;

import java.time.Duration;
import org.tenon.api.Stability;

/** What happens to a request, or to a control call, that a {@link FaultScript} picks. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public sealed interface Injection {
  /**
   * The request is carried out, and completes so much later by the host's clock.
   *
   * @param by from zero
   */
  record Delay(Duration by) implements Injection {}

  /**
   * The request is not carried out, and completes with that status.
   *
   * @param status a code of {@link org.tenon.api.Status}
   */
  record Fail(int status) implements Injection {}

  /** The request is carried out and never completes. */
  record Drop() implements Injection {}

  /** The request is carried out and completes twice. */
  record Duplicate() implements Injection {}

  /**
   * One bit of the data, which the seed picks, is wrong: as read, or as written. Other operations
   * are left alone.
   */
  record Corrupt() implements Injection {}

  /**
   * Of a write only the first logical blocks reach the device, although it completes as whole.
   * Other operations are left alone.
   *
   * @param blocks how many, from 0
   */
  record Tear(int blocks) implements Injection {}

  /**
   * The call in which the request comes, or the control call, does not return until {@link
   * FaultyDriver#release()}.
   */
  record Hang() implements Injection {}

  /** The call in which the request comes, or the control call, throws. */
  record Throw() implements Injection {}

  /**
   * The process ends at once, without any clean-up, as if it were killed.
   *
   * @param status its exit status
   */
  record Exit(int status) implements Injection {}
}
