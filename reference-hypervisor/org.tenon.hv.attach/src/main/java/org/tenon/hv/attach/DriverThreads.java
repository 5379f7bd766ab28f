package org.tenon.hv.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tenon.api.Fault;

/** The threads that a driver had made for its own work; what they throw is the driver's fault. */
final class DriverThreads {
  private final Conduct conduct;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  DriverThreads(Conduct conduct) {
    this.conduct = conduct;
  }

  /** A new one, not started. */
  Thread newThread(String name, Runnable work) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(conduct.subject() + " " + name)
            .unstarted(() -> guarded("thread " + name, work));
    threads.add(thread);
    return thread;
  }

  /** Does the work; what it throws is a fault. */
  void guarded(String what, Runnable work) {
    try {
      work.run();
    } catch (Throwable t) {
      conduct.fault(
          Clauses.OWN_THREADS_CATCH,
          Fault.Kind.THREW,
          conduct.subject(),
          "its %s threw %s".formatted(what, t));
    }
  }

  /** Those that still run, in words. */
  List<String> alive() {
    threads.removeIf(thread -> !thread.isAlive());
    List<String> left = new ArrayList<>();
    threads.forEach(thread -> left.add("thread '" + thread.getName() + "'"));
    return left;
  }

  /** Interrupts all. */
  void interrupt() {
    threads.forEach(Thread::interrupt);
  }
}
