package org.tenon.tck.block.contract;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What other threads of a test threw. */
final class Errors {
  private Errors() {}

  /** Waits for a task and throws what it threw. */
  static void rethrow(Future<?> task) throws Exception {
    try {
      task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case Exception exception -> throw exception;
        case null, default -> throw e;
      }
    }
  }
}
