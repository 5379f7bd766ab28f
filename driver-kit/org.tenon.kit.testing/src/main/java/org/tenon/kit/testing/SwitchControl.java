package org.tenon.kit.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchPort;

/** Leads one extension through its life. */
final class SwitchControl extends DriverControl<SwitchExtension> {
  private final SwitchRig rig;

  private SwitchControl(SwitchRig rig, SwitchExtension extension) {
    super(rig, extension, state -> {});
    this.rig = rig;
    probe();
  }

  static SwitchControl open(SwitchExtensionFactory factory, HarnessOptions options, SwitchRig rig)
      throws DriverException {
    return open(
        rig,
        factory,
        options,
        config -> factory.open(config, rig.host()),
        extension -> new SwitchControl(rig, extension));
  }

  SwitchPort addPort(SwitchPort port) {
    run("portAdded", () -> driver().portAdded(port));
    rig.add(port);
    return port;
  }

  void removePort(int port) {
    rig.remove(port);
    run("portRemoved", () -> driver().portRemoved(port));
  }

  byte[] save() throws IOException {
    Migration.Stateful stateful = stateful();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      move(
          "save",
          () -> {
            stateful.saver().save(out);
            return true;
          });
    } catch (DriverException e) {
      throw new IOException(e);
    }
    return out.toByteArray();
  }

  void restore(int version, byte[] state) throws DriverException, IOException {
    Migration.Stateful stateful = stateful();
    move(
        "restore",
        () -> {
          stateful.restorer().restore(version, new ByteArrayInputStream(state));
          return true;
        });
  }

  private Migration.Stateful stateful() {
    if (ask("migration", driver()::migration) instanceof Migration.Stateful stateful) {
      return stateful;
    }
    throw new IllegalStateException("the extension has no state that moves");
  }

  /** Saving and restoring may fail, but with these two alone. */
  private void move(String name, Callable<Boolean> step) throws DriverException, IOException {
    try {
      rig.services().control().call(name, step);
    } catch (CallFailed e) {
      if (e.why() instanceof IOException failure) {
        throw failure;
      }
      if (e.why() instanceof DriverException refusal) {
        throw refusal;
      }
      rig.services()
          .faults()
          .report(DriverClauses.NEVER_THROWS, Fault.Kind.THREW, name + " threw " + e.why());
      throw new HarnessError(name + " threw " + e.why(), e.why());
    }
  }

  /** The threads of the ports call it. */
  @Override
  void serve() {}

  @Override
  void probeClass() {}

  /** A frame is over when forward returns. */
  @Override
  void reportForgotten(Rest rest) {}
}
