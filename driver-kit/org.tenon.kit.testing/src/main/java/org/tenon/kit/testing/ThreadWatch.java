package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows the threads of one driver. All threads of the harness, and those the driver asks for, lie
 * in one group; a thread that the driver makes by itself inherits the group from its maker, so that
 * it is found as well.
 */
final class ThreadWatch {
  /** How long a thread that was told to end may take to be gone. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final ThreadGroup group;
  private final FaultLog faults;
  private final Set<Thread> own = ConcurrentHashMap.newKeySet();

  ThreadWatch(String driver, FaultLog faults) {
    this.group = new ThreadGroup("driver " + driver);
    this.faults = faults;
  }

  /** A thread of the harness's own. */
  Thread harnessThread(String name, Runnable work) {
    Thread thread = new Thread(group, work, "kit-" + name);
    thread.setDaemon(true);
    own.add(thread);
    return thread;
  }

  /** A thread for the driver. */
  Thread driverThread(String name, Runnable work) {
    Thread thread = new Thread(group, work, group.getName() + " " + name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((died, e) ->
        faults.reportThrown(DriverClauses.THREADS_CATCH, "thread '" + name + "' died of", e));
    return thread;
  }

  /** The threads of the driver's that are still there. */
  List<Thread> left() throws InterruptedException {
    List<Thread> left = alive();
    long end = System.nanoTime() + GRACE.toNanos();
    for (Thread thread : left) {
      thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
    return alive();
  }

  private List<Thread> alive() {
    Thread[] found = new Thread[group.activeCount() + 64];
    int count = group.enumerate(found);
    List<Thread> alive = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!own.contains(found[i]) && found[i].isAlive()) {
        alive.add(found[i]);
      }
    }
    return alive;
  }
}
