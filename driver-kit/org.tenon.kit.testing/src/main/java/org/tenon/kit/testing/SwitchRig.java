package org.tenon.kit.testing;

import java.util.BitSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Fault;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchPort;

/** The host's side of one extension: the ports that its switch has, and a thread for each. */
final class SwitchRig extends Rig {
  private final HarnessOptions options;
  private final CheckingSwitchHost host;
  private final SortedMap<Integer, SwitchPort> ports =
      Collections.synchronizedSortedMap(new TreeMap<>());
  private final SortedMap<Integer, SwitchPortThread> threads = new TreeMap<>();

  /** Numbers of ports that were there once and have not been given again. */
  private final BitSet gone = new BitSet();

  SwitchRig(SwitchExtensionFactory factory, HarnessOptions options) {
    super(new HostServices(factory, options, SwitchClauses.VIEWS_ARE_OVER, fault -> {}));
    this.options = options;
    host = new CheckingSwitchHost(services(), options.deadlines());
  }

  /** A port with the lowest number that is free. */
  SwitchPort plan(String name, boolean uplink, int vlan) {
    int number = 0;
    while (ports.containsKey(number)) {
      number++;
    }
    return new SwitchPort(number, name, uplink, vlan);
  }

  void add(SwitchPort port) {
    ports.put(port.number(), port);
    synchronized (gone) {
      gone.clear(port.number());
    }
    threads.put(port.number(), new SwitchPortThread(port.number(), services(), options));
  }

  void remove(int port) {
    SwitchPortThread thread = threads.remove(port);
    if (ports.remove(port) == null || thread == null) {
      throw new IllegalArgumentException("there is no port " + port);
    }
    thread.stop();
    synchronized (gone) {
      gone.set(port);
    }
  }

  SwitchPortThread thread(int port) {
    SwitchPortThread thread = threads.get(port);
    if (thread == null) {
      throw new IllegalArgumentException("there is no port " + port);
    }
    return thread;
  }

  SortedMap<Integer, SwitchPort> ports() {
    synchronized (ports) {
      return new TreeMap<>(ports);
    }
  }

  /** Reports a verdict that sends something to where nobody is any more. */
  void check(SwitchVerdict verdict) {
    synchronized (gone) {
      for (int port : gone.stream().toArray()) {
        if (verdict.ports().contains(port) || verdict.mirrors().contains(port)) {
          services()
              .faults()
              .report(
                  SwitchClauses.PORT_IS_GONE,
                  Fault.Kind.BAD_ANSWER,
                  "the frame %s, but port %d is gone".formatted(verdict, port));
        }
      }
    }
  }

  void stopThreads() {
    threads.values().forEach(SwitchPortThread::stop);
  }

  @Override
  CheckingSwitchHost host() {
    return host;
  }
}
