package org.tenon.hv.app.testbed;

import java.util.Map;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.DirtyPages;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.blk.BlkThreads;
import org.tenon.kit.testing.virtio.VirtioBlockHost;
import org.tenon.kit.testing.virtio.VirtioBlockOptions;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockOffer;

/**
 * The reference hypervisor as the suite reaches it. Stateless; called by the thread that runs the
 * tests.
 */
public final class VirtioTestBed implements VirtioBlockHost {
  private static final String DEVICE = "testbed-disk";

  /** For {@link java.util.ServiceLoader}. */
  public VirtioTestBed() {}

  @Override
  public String name() {
    return "Tenon reference hypervisor";
  }

  @Override
  public VirtioTransport attach(
      BlockDriverFactory factory, Map<String, String> settings, VirtioBlockOptions options)
      throws DriverException {
    Config config = Config.of(factory.configKeys(), settings, options.files());
    HostClock given = options.clock();
    GuestMemory memory = GuestMemory.allocate(RamLayout.flat(wholePages(options.memoryBytes())));
    ControlThread control = new ControlThread(DEVICE);
    AttachContext context =
        new AttachContext(
            DEVICE,
            memory,
            given == null ? SystemClock.instance() : given,
            options.deadlines(),
            control,
            new FaultReporter(options.faults()));
    try {
      BlockOffer offer =
          BlockOffer.of(options.capabilities(), options.queues(), options.queueSize());
      BlockAttachment attachment = BlockAttachment.open(factory, offer, config, context);
      BlkThreads threads = new BlkThreads("testbed", attachment, options.queueSize());
      return new TestBedTransport(
          attachment, memory, control, options.deadlines(), threads.device(), closing(threads));
    } catch (AttachException e) {
      control.close();
      memory.close();
      throw FaultReporter.refusal(e);
    }
  }

  private static TestBedTransport.Service closing(BlkThreads threads) {
    return new TestBedTransport.Service() {
      @Override
      public void close() {
        threads.close();
      }
    };
  }

  private static long wholePages(long bytes) {
    return (bytes + DirtyPages.PAGE_SIZE - 1) & -(long) DirtyPages.PAGE_SIZE;
  }
}
