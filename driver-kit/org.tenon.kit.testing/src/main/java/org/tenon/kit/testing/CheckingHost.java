package org.tenon.kit.testing;

import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.spi.Deadlines;
import org.tenon.spi.Host;
import org.tenon.spi.HostClock;

/** What a driver under test has for a host, whatever its class: answers, and checks every call. */
abstract class CheckingHost implements Host {
  private final HostServices services;
  private final Deadlines deadlines;
  private volatile boolean over;

  CheckingHost(HostServices services, Deadlines deadlines) {
    this.services = services;
    this.deadlines = deadlines;
  }

  /** From now on every call is a fault. */
  final void end() {
    over = true;
  }

  final FaultLog faults() {
    return services.faults();
  }

  @Override
  public final HostClock clock() {
    checkNotOver("clock");
    return services.driverClock();
  }

  @Override
  public final Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public final Thread newThread(String name, Runnable work) {
    checkNotOver("newThread");
    return services.threads().driverThread(name, work);
  }

  @Override
  public final System.Logger log() {
    return services.log();
  }

  @Override
  public final void healthChanged(Health now) {
    checkNotOver("healthChanged");
    services.secrets().check("a health message", now.message());
  }

  final void checkNotOver(String call) {
    if (over) {
      faults()
          .report(
              DriverClauses.NOTHING_LEFT,
              FaultLog.USED_AFTER_CLOSE,
              "called " + call + " after close had returned");
    }
  }

  final void reportBadQueue(ClauseId clause, Fault.Kind kind, String what, int queues) {
    faults().report(clause, kind, "%s; there are %d queues".formatted(what, queues));
  }
}
