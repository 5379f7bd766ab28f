package org.tenon.kit.testing;

import java.util.Objects;
import java.util.concurrent.ExecutionException;

/** A control call ended with an exception. */
final class CallFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final Throwable why;

  CallFailed(ExecutionException e) {
    super(e.getCause());
    this.why = Objects.requireNonNullElse(e.getCause(), e);
  }

  /** What the call threw. */
  Throwable why() {
    return why;
  }
}
