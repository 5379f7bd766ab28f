package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
  private final ClauseId memoryIsOver;
  private final Consumer<Fault> observer;
  private final List<Fault> faults = new ArrayList<>();

  /**
   * An empty log.
   *
   * @param memoryIsOver the clause by which memory that was taken back is not used
   * @param observer learns of each fault
   */
  FaultLog(String driver, ClauseId memoryIsOver, Consumer<Fault> observer) {
    this.driver = driver;
    this.memoryIsOver = memoryIsOver;
    this.observer = observer;
  }

  /** The clause by which memory that was taken back is not used. */
  ClauseId memoryIsOver() {
    return memoryIsOver;
  }

  void report(ClauseId clause, Fault.Kind kind, String detail) {
    reportAt(clause, kind, "", detail);
  }

  void report(ClauseId clause, Fault.Kind kind, Passage<?> passage, String detail) {
    reportAt(clause, kind, " " + passage.place(), detail);
  }

  /**
   * Reports what escaped from the driver: as a use of memory that was taken back, if it is that, or
   * else as {@code clause}.
   */
  void reportThrown(ClauseId clause, String what, Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    boolean usedOver =
        thrown instanceof IllegalStateException
            && stack.length > 0
            && stack[0].getClassName().startsWith("jdk.internal.foreign.MemorySessionImpl");
    if (usedOver) {
      report(
          memoryIsOver, Fault.Kind.USED_AFTER_COMPLETE, what + " used memory that was taken back");
    } else {
      report(clause, Fault.Kind.THREW, what + " " + thrown);
    }
  }

  private void reportAt(ClauseId clause, Fault.Kind kind, String place, String detail) {
    Fault fault = new Fault(clause, kind, driver + place, detail.lines().findFirst().orElse(""));
    synchronized (faults) {
      faults.add(fault);
    }
    observer.accept(fault);
  }

  List<Fault> faults() {
    synchronized (faults) {
      return List.copyOf(faults);
    }
  }
}
