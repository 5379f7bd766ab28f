package org.tenon.tck.block.virtio;

import java.util.List;
import java.util.ServiceLoader;
import org.tenon.kit.testing.virtio.GuestBlockDriver;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioBlockHost;
import org.tenon.kit.testing.virtio.VirtioBlockOptions;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.DriverException;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.core.run.NotRun;

/** Puts the driver of a trial behind a virtio-blk device. */
final class VirtualDisk {
  /** Every kind of ring that a guest may choose. */
  static final List<RingOptions> SHAPES =
      List.of(
          RingOptions.PLAIN,
          new RingOptions(64, false, true, true),
          new RingOptions(64, true, false, false),
          new RingOptions(64, true, true, true));

  private VirtualDisk() {}

  /** The device, untouched; it is removed when the test ends. */
  static VirtioTransport attach(BlockTrial trial, Reach reach, VirtioBlockOptions options) {
    VirtioBlockHost hypervisor =
        ServiceLoader.load(VirtioBlockHost.class)
            .findFirst()
            .orElseThrow(() ->
                new NotRun(
                    "no hypervisor provides "
                        + VirtioBlockHost.class.getName()
                        + " here; 'tenon certify' brings one"));
    trial.evidence().note("virtual hardware", hypervisor.name());
    try {
      return trial.keep(
          hypervisor.attach(
              trial.subject().factory(),
              reach.settings(),
              options
                  .withFiles(reach.files())
                  .withDeadlines(trial.subject().deadlines())
                  .withFaults(trial::report)));
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens behind a virtio-blk device", "it refused: " + e.getMessage(), e);
    }
  }

  /** A guest's driver on the device, with the default offer and rings of a shape. */
  static GuestBlockDriver open(BlockTrial trial, Reach reach, RingOptions shape) {
    return GuestBlockDriver.open(attach(trial, reach, VirtioBlockOptions.DEFAULT), shape);
  }
}
