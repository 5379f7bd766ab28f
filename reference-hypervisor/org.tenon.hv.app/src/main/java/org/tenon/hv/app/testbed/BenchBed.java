package org.tenon.hv.app.testbed;

import java.util.Map;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.ControlThread;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.DirtyPages;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.virtio.blk.BlkDevice;
import org.tenon.hv.virtio.net.NetDevice;
import org.tenon.kit.bench.BenchException;
import org.tenon.kit.bench.BenchPlan;
import org.tenon.kit.bench.BlockPath;
import org.tenon.kit.bench.GuestCard;
import org.tenon.kit.bench.NvmeDiskPath;
import org.tenon.kit.bench.VirtioDiskPath;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicOffer;

/**
 * The device models of the reference hypervisor with the kit's guests in front of them, to be
 * measured. The guest's thread is the run loop's too, and the driver is called on it: what is
 * measured is what the models cost, without a hand-over to another thread.
 */
public final class BenchBed {
  private BenchBed() {}

  /**
   * A disk behind virtio-blk.
   *
   * @throws AttachException if the driver refuses, fails or hangs; nothing stays open
   */
  public static BlockPath virtioDisk(
      BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan)
      throws AttachException, ConfigException {
    Opening opening = new Opening("bench-disk", VirtioDiskPath.memoryBytes(plan));
    BlockAttachment attachment = opening.disk(factory, settings, plan);
    CallerQueues queues = new CallerQueues(attachment.agreement().queues());
    BlkDevice model = new BlkDevice(attachment, ringSize(plan.depth()), queues);
    queues.connect(model);
    VirtioTransport transport =
        new TestBedTransport(
            attachment,
            opening.memory,
            opening.control,
            Deadlines.DEFAULT,
            model,
            onNotification(queues));
    return VirtioDiskPath.open(transport, queues::serveOrWait, plan);
  }

  /**
   * A disk behind an NVMe controller.
   *
   * @throws AttachException if the driver refuses, fails or hangs; nothing stays open
   * @throws BenchException if the controller does not come up
   */
  public static BlockPath nvmeDisk(
      BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan)
      throws AttachException, BenchException, ConfigException {
    Opening opening = new Opening("bench-disk", NvmeDiskPath.memoryBytes(plan));
    BlockAttachment attachment = opening.disk(factory, settings, plan);
    return NvmeDiskPath.open(new NvmeBoard(attachment, opening.memory, opening.control), plan);
  }

  /**
   * A virtio-net card.
   *
   * @param name of the card
   * @param ringSize buffers of each ring, a power of two
   * @throws AttachException if the driver refuses, fails or hangs; nothing stays open
   */
  public static GuestCard card(
      String name, NicDriverFactory factory, Map<String, String> settings, int ringSize)
      throws AttachException, ConfigException {
    Opening opening = new Opening(name, GuestCard.memoryBytes(ringSize));
    NicAttachment attachment = opening.card(factory, settings, ringSize);
    CallerQueues queues = new CallerQueues(2 * attachment.agreement().queuePairs() + 1);
    NetDevice model =
        new NetDevice(attachment, attachment.properties().address(), ringSize, queues);
    queues.connect(model);
    VirtioTransport transport =
        new TestBedTransport(
            attachment,
            opening.memory,
            opening.control,
            Deadlines.DEFAULT,
            model,
            onNotification(queues));
    return GuestCard.open(transport, queues::serveOrWait, ringSize);
  }

  /** Rings are a power of two, and at least 4. */
  private static int ringSize(int depth) {
    return Math.max(4, Integer.highestOneBit(2 * depth - 1));
  }

  private static TestBedTransport.Service onNotification(CallerQueues queues) {
    return new TestBedTransport.Service() {
      @Override
      public void notified(int queue) {
        queues.serve(queue);
      }
    };
  }

  /** RAM and a control thread, and the driver that is given them. */
  private static final class Opening {
    private final GuestMemory memory;
    private final ControlThread control;
    private final AttachContext context;

    Opening(String name, long bytes) {
      memory = GuestMemory.allocate(RamLayout.flat(DirtyPages.PAGE_SIZE * pages(bytes)));
      control = new ControlThread(name);
      context =
          new AttachContext(
              name,
              memory,
              SystemClock.instance(),
              Deadlines.DEFAULT,
              control,
              AttachListener.NONE);
    }

    private static long pages(long bytes) {
      return Math.ceilDiv(bytes, DirtyPages.PAGE_SIZE);
    }

    BlockAttachment disk(BlockDriverFactory factory, Map<String, String> settings, BenchPlan plan)
        throws AttachException, ConfigException {
      try {
        return BlockAttachment.open(
            factory,
            BlockOffer.of(BlockCapabilities.ALL, plan.queues(), plan.depth()),
            Config.of(factory.configKeys(), settings),
            context);
      } catch (AttachException | ConfigException e) {
        release();
        throw e;
      }
    }

    NicAttachment card(NicDriverFactory factory, Map<String, String> settings, int depth)
        throws AttachException, ConfigException {
      try {
        return NicAttachment.open(
            factory,
            NicOffer.of(NicCapabilities.ALL, 1, depth),
            Config.of(factory.configKeys(), settings),
            context);
      } catch (AttachException | ConfigException e) {
        release();
        throw e;
      }
    }

    private void release() {
      control.close();
      memory.close();
    }
  }
}
