package org.tenon.hv.app.testbed;

import java.util.Map;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.device.PartnerFunction;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.kit.testing.pci.PciBoard;
import org.tenon.kit.testing.pci.PciDeviceHost;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceDriverFactory;

/**
 * The reference hypervisor as the suite reaches it with a PCI function. Stateless; called by the
 * thread that runs the tests.
 */
public final class PciTestBed implements PciDeviceHost {
  private static final String DEVICE = "testbed-device";
  private static final long RAM = 4L << 20;

  /** For {@link java.util.ServiceLoader}. */
  public PciTestBed() {}

  @Override
  public String name() {
    return "Tenon reference hypervisor";
  }

  @Override
  public PciBoard plug(
      DeviceDriverFactory factory,
      Map<String, String> settings,
      Deadlines deadlines,
      Consumer<Fault> faults)
      throws DriverException {
    Config config = Config.of(factory.configKeys(), settings);
    GuestMemory memory = GuestMemory.allocate(RamLayout.flat(RAM));
    try {
      return new TestBedBoard(
          DeviceAttachment.open(
              factory,
              PartnerFunction.OFFER,
              config,
              new AttachContext(
                  DEVICE,
                  memory,
                  SystemClock.instance(),
                  deadlines,
                  new ControlThread(DEVICE),
                  new FaultReporter(faults))),
          memory);
    } catch (AttachException e) {
      memory.close();
      throw FaultReporter.refusal(e);
    }
  }
}
