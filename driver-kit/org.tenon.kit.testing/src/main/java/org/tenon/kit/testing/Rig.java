package org.tenon.kit.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Everything on the host's side of one driver, whatever its class: its ports and its services. */
abstract class Rig {
  private final HostServices services;
  private final List<Port<?, ?>> ports = new ArrayList<>();
  private final List<Thread> callers = new ArrayList<>();

  Rig(HostServices services) {
    this.services = services;
  }

  /** Adds a port; a thread of its own calls the driver for it. */
  final <P extends Port<?, ?>> P add(P port) {
    ports.add(port);
    callers.add(
        services.threads().harnessThread(port.rules().call() + "-" + port.queue(), port::serve));
    return port;
  }

  /** Lets the ports' threads begin. */
  final void begin() {
    callers.forEach(Thread::start);
  }

  /** The driver's host. */
  abstract CheckingHost host();

  /** Lets nothing more through, and waits for calls under way. */
  final void pause() {
    ports.forEach(port -> port.pause(Duration.ofSeconds(1)));
  }

  final void withdrawWaiting() {
    ports.forEach(Port::withdrawWaiting);
  }

  /** Ends what serves the driver, after it was closed, and reports what it left behind. */
  final void finish() {
    host().end();
    ports.forEach(Port::stop);
    callers.forEach(Thread::interrupt);
    services.stop();
    services.reportLeftovers();
  }

  final HostServices services() {
    return services;
  }
}
