package org.tenon.spi;

import org.tenon.api.Health;
import org.tenon.api.Stability;

/**
 * What surrounds a driver. The host implements it; each device class adds its own calls. Every
 * method may be called by any thread, from {@code open} until {@link Driver#close()} returns, and
 * none blocks.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface Host {
  /** Time and timers. Real in production, virtual in the driver kit. */
  HostClock clock();

  /** How long the host waits. */
  Deadlines deadlines();

  /**
   * A new, unstarted thread for the driver's own work; the host knows whose it is. It must have
   * ended when {@link Driver#close()} returns.
   *
   * @param name what it does, in a word or two, such as {@code queue-0}
   * @param work its body; whatever that throws is reported as the driver's fault
   */
  Thread newThread(String name, Runnable work);

  /** Where the driver logs; the host adds the driver's id. Never log a secret or guest data. */
  System.Logger log();

  /** Tells the host that {@link Driver#health()} has changed to {@code now}. */
  void healthChanged(Health now);
}
