package org.tenon.hv.app;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.testbed.BenchBed;
import org.tenon.hv.app.testbed.SwitchBed;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.vswitch.VirtualSwitch;
import org.tenon.kit.bench.BenchException;
import org.tenon.kit.bench.GuestCard;
import org.tenon.kit.bench.NetBench;
import org.tenon.kit.bench.NetPlan;
import org.tenon.kit.bench.NetReport;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;

/**
 * Measures frames between guests' cards: through a NIC driver, or through a virtual switch.
 *
 * @param plan the load
 */
record NetworkBench(NetPlan plan) {
  private static final MacAddress PEER = new MacAddress(0x02_00_5e_00_00_02L);

  /** Frames that one card sends to itself; whether they come back is the driver's matter. */
  BenchResult measure(NicDriverFactory factory, Map<String, String> settings)
      throws InputException {
    try (GuestCard card = BenchBed.card("bench-nic", factory, settings, ringSize())) {
      card.prepare(card.address(), PEER, plan.frameBytes());
      return result(NetBench.run(factory.id().value(), "virtio", card, card, plan));
    } catch (AttachException | BenchException | DriverException e) {
      throw new InputException("driver '%s': %s".formatted(factory.id(), e.getMessage()), e);
    }
  }

  /**
   * Frames from one card to another.
   *
   * @param extension of the switch; null for none
   */
  BenchResult measureSwitch(
      @Nullable SwitchExtensionFactory extension, Map<String, String> settings)
      throws InputException {
    String name = extension == null ? "switch" : extension.id().value();
    VirtualSwitch lan = new VirtualSwitch("bench", NicProperties.ETHERNET_MTU);
    try {
      if (extension != null) {
        lan.extend(extension, Config.of(extension.configKeys(), settings), false);
      }
      try (SwitchBed bed = SwitchBed.open(lan, ringSize(), plan.frameBytes())) {
        return result(NetBench.run(name, "switch", bed.sender(), bed.receiver(), plan));
      }
    } catch (AttachException | BenchException | DriverException e) {
      lan.close();
      throw new InputException("%s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Twice as many buffers as frames may be on their way. */
  private int ringSize() {
    return Math.max(16, Integer.highestOneBit(4 * plan.depth() - 1));
  }

  private static BenchResult result(NetReport report) {
    return new BenchResult(report.toText(), report.toJson());
  }
}
