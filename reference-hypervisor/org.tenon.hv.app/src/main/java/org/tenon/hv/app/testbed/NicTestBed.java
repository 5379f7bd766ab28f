package org.tenon.hv.app.testbed;

import java.util.Map;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.NicConfig;
import org.tenon.kit.testing.pci.PciMachine;
import org.tenon.kit.testing.virtio.VirtioNicHost;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicDriverFactory;

/**
 * The reference hypervisor as the suite reaches it with a network card. Stateless; called by the
 * thread that runs the tests.
 */
public final class NicTestBed implements VirtioNicHost {
  /** For {@link java.util.ServiceLoader}. */
  public NicTestBed() {}

  @Override
  public String name() {
    return "Tenon reference hypervisor";
  }

  @Override
  public PciMachine plug(
      NicDriverFactory factory,
      Map<String, String> settings,
      int queuePairs,
      Deadlines deadlines,
      Consumer<Fault> faults)
      throws DriverException {
    Config config = Config.of(factory.configKeys(), settings);
    try {
      return TestBedMachine.with(
          new NicConfig(factory, config, null, queuePairs, deadlines, new FaultReporter(faults)));
    } catch (AttachException e) {
      throw FaultReporter.refusal(e);
    }
  }
}
