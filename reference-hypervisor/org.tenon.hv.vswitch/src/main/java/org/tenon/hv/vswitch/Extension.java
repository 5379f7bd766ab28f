package org.tenon.hv.vswitch;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchPort;

/**
 * One extension, not trusted: what it throws is its fault. From the first fault on it is not called
 * any more, and its switch goes on without it, or forwards nothing, as the user chose.
 */
final class Extension implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Extension.class.getName());
  private static final ClauseId NO_METHOD_THROWS = new ClauseId("DRV", 13);

  private final String name;
  private final SwitchExtension extension;
  private final boolean failOpen;
  private final AtomicBoolean broken = new AtomicBoolean();

  Extension(String name, SwitchExtension extension, boolean failOpen) {
    this.name = name;
    this.extension = extension;
    this.failOpen = failOpen;
  }

  void forward(Frame frame, Decision decision) {
    if (broken.get()) {
      fail(decision);
      return;
    }
    try {
      extension.forward(frame, decision);
    } catch (Throwable t) {
      threw("forward", t);
      fail(decision);
    }
  }

  private void fail(Decision decision) {
    if (!failOpen) {
      decision.begin(0);
    }
  }

  void portAdded(Port port) {
    guarded(
        "portAdded",
        () ->
            extension.portAdded(
                new SwitchPort(
                    port.number(),
                    port.settings().name(),
                    port.isUplink(),
                    port.settings().vlan())));
  }

  void portRemoved(int port) {
    guarded("portRemoved", () -> extension.portRemoved(port));
  }

  private void guarded(String what, Runnable call) {
    if (!broken.get()) {
      try {
        call.run();
      } catch (Throwable t) {
        threw(what, t);
      }
    }
  }

  private void threw(String what, Throwable thrown) {
    if (broken.compareAndSet(false, true)) {
      LOG.log(
          Level.ERROR,
          "the switch goes on {0}: {1}",
          failOpen ? "without an extension" : "forwarding nothing",
          new Fault(NO_METHOD_THROWS, Fault.Kind.THREW, name, what + " threw " + thrown));
    }
  }

  boolean isBroken() {
    return broken.get();
  }

  @Override
  public void close() {
    guarded("close", extension::close);
  }
}
