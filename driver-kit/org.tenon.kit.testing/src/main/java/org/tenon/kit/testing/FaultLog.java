package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Identifier;

/** The faults of one driver, in the order in which they were seen. Safe for any thread. */
final class FaultLog {
  /** It used the batch after {@code submit} had returned. */
  static final Fault.Kind USED_AFTER_SUBMIT = new Fault.Kind(new Identifier("used-after-submit"));

  /** It called its host after {@code close} had returned. */
  static final Fault.Kind USED_AFTER_CLOSE = new Fault.Kind(new Identifier("used-after-close"));

  /** It wrote outside the memory it was given, or changed memory it may only read. */
  static final Fault.Kind STRAY_WRITE = new Fault.Kind(new Identifier("stray-write"));

  /** It told a secret. */
  static final Fault.Kind TOLD_SECRET = new Fault.Kind(new Identifier("told-secret"));

  private final String driver;
  private final BlockObserver observer;
  private final List<Fault> faults = new ArrayList<>();

  FaultLog(String driver, BlockObserver observer) {
    this.driver = driver;
    this.observer = observer;
  }

  void report(ClauseId clause, Fault.Kind kind, String detail) {
    reportAt(clause, kind, "", detail);
  }

  void report(ClauseId clause, Fault.Kind kind, Submission submission, String detail) {
    reportAt(clause, kind, " " + submission.place(), detail);
  }

  /**
   * Reports what escaped from the driver: as a use of memory that was taken back, if it is that, or
   * else as {@code clause}.
   */
  void reportThrown(ClauseId clause, String what, Throwable thrown) {
    if (isUseOfMemoryTakenBack(thrown)) {
      report(
          Clauses.MEMORY_IS_OVER,
          Fault.Kind.USED_AFTER_COMPLETE,
          what + " used memory that was taken back");
    } else {
      report(clause, Fault.Kind.THREW, what + " " + thrown);
    }
  }

  static boolean isUseOfMemoryTakenBack(Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    return thrown instanceof IllegalStateException
        && stack.length > 0
        && stack[0].getClassName().startsWith("jdk.internal.foreign.MemorySessionImpl");
  }

  private void reportAt(ClauseId clause, Fault.Kind kind, String place, String detail) {
    Fault fault = new Fault(clause, kind, driver + place, detail.lines().findFirst().orElse(""));
    synchronized (faults) {
      faults.add(fault);
    }
    observer.faultFound(fault);
  }

  List<Fault> faults() {
    synchronized (faults) {
      return List.copyOf(faults);
    }
  }
}
