package org.tenon.hv.vswitch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.QueueThread;
import org.tenon.hv.attach.ReceivePort;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.attach.TransmitPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.vswitch.Departure.Tagging;
import org.tenon.spi.Config;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;

/**
 * A port behind which a partner's NIC driver stands. Frames lie in memory of the switch, of which
 * each tag of either direction has a slot; a thread of the port's own gives the driver frames and
 * buffers, and takes what it gives back.
 */
final class Uplink extends Port implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Uplink.class.getName());
  private static final int DEPTH = 128;
  private static final long SLOT = 66 << 10;
  private static final long PATIENCE_SECONDS = 45;

  private final VirtualSwitch owner;
  private final GuestMemory memory;
  private final MemoryRegion region;
  private final NicAttachment attachment;
  private final ReceivePort receive;
  private final TransmitPort transmit;
  private final boolean checksums;
  private final boolean joined;
  private final Frame entering;
  private final Departure departure;
  private final SlotWriter writer = new SlotWriter();
  private final Received received = new Received();
  private final QueueThread pump;
  private final QueueThread submitter;

  Uplink(
      VirtualSwitch owner,
      int number,
      PortSettings settings,
      NicDriverFactory driver,
      Config config,
      LongSupplier nanoTime)
      throws AttachException {
    super(number, settings, nanoTime);
    this.owner = owner;
    memory = GuestMemory.allocate(RamLayout.flat(2 * DEPTH * SLOT));
    region = memory.region(0);
    try {
      attachment =
          NicAttachment.open(
              driver,
              NicOffer.of(NicCapabilities.ALL, 1, DEPTH),
              config,
              AttachContext.of(settings.name(), memory, AttachListener.NONE));
    } catch (AttachException e) {
      memory.close();
      throw e;
    }
    departure =
        new Departure(
            Math.min(
                attachment.properties().maxFrameBytes(),
                owner.mtu() + NicProperties.OVERHEAD_BYTES));
    receive = attachment.receivePort(0);
    transmit = attachment.transmitPort(0);
    checksums = attachment.agreement().has(NicCapabilities.TRANSMIT_CHECKSUM);
    joined =
        checksums
            && attachment.agreement().has(NicCapabilities.TRANSMIT_TCP4)
            && attachment.agreement().has(NicCapabilities.TRANSMIT_TCP6)
            && attachment.properties().maxSegmentedBytes() >= VirtualSwitch.JOINED_BYTES;
    entering = new Frame(owner.looksAtAll(), owner.longest());
    submitter =
        new QueueThread(
            settings.name() + "-submit",
            () -> {
              receive.offer();
              transmit.offer();
              return false;
            },
            () -> true);
    receive.submitBy(submitter::wake);
    transmit.submitBy(submitter::wake);
    pump = new QueueThread(settings.name() + "-receive", this::poll, this::arm);
    receive.onReady(pump::wake);
    transmit.onReady(pump::wake);
    postAll();
  }

  @Override
  boolean isUplink() {
    return true;
  }

  private void postAll() {
    synchronized (receive) {
      for (int tag = receive.claim(); tag != TagPort.NONE; tag = receive.claim()) {
        stage(tag);
      }
    }
    receive.submit();
  }

  private void stage(int tag) {
    receive.begin(tag);
    receive.segment(tag, region, tag * SLOT, (int) SLOT);
    receive.stage(tag);
  }

  /** Takes what the driver has given back; whether there was any. */
  private boolean poll() {
    boolean any = false;
    synchronized (transmit) {
      for (int tag = transmit.completed(); tag != TagPort.NONE; tag = transmit.completed()) {
        transmit.release(tag);
        any = true;
      }
    }
    while (receiveOne()) {
      any = true;
    }
    if (any) {
      receive.submit();
    }
    return any;
  }

  private boolean receiveOne() {
    int tag;
    synchronized (receive) {
      tag = receive.completed();
    }
    if (tag == TagPort.NONE) {
      return false;
    }
    int bytes = receive.bytes(tag);
    if (bytes > 0 && !receive.hasMore(tag)) {
      if (entering.load(number(), received, tag, bytes, receive.offload(tag))) {
        owner.enter(entering, this);
      } else {
        invalid();
      }
    }
    synchronized (receive) {
      if (receive.isServed()) {
        receive.reuse(tag);
        stage(tag);
      }
    }
    return true;
  }

  private boolean arm() {
    boolean nothing = receive.arm();
    return transmit.arm() && nothing;
  }

  @Override
  void leave(Frame frame, Tagging tagging) {
    synchronized (writer) {
      left(departure.write(frame, tagging, checksums, joined, writer), frame.length());
    }
    transmit.submit();
  }

  /** Closes the driver; one that hangs is left behind, as the attachment has reported. */
  @Override
  public void close() {
    owner.remove(this);
    try {
      attachment.close().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "{0}: the driver did not close: {1}", settings().name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pump.close();
    submitter.close();
  }

  /** A frame that leaves takes a slot, in one piece. */
  private final class SlotWriter implements FrameWriter {
    private int tag;
    private long at;
    private int length;

    @Override
    public boolean begin(int bytes) {
      if (bytes > SLOT || !transmit.isServed()) {
        return false;
      }
      synchronized (transmit) {
        tag = transmit.claim();
      }
      at = (DEPTH + (long) tag) * SLOT;
      length = bytes;
      return tag != TagPort.NONE;
    }

    @Override
    public void put(byte[] from, int offset, int count) {
      MemorySegment.copy(from, offset, region.segment(), JAVA_BYTE, at, count);
      at += count;
    }

    @Override
    public void put(MemorySegment from, long offset, int count) {
      MemorySegment.copy(from, offset, region.segment(), at, count);
      at += count;
    }

    @Override
    public void end(long offload) {
      synchronized (transmit) {
        transmit.begin(tag, offload);
        transmit.segment(tag, region, (DEPTH + (long) tag) * SLOT, length);
        transmit.stage(tag);
      }
    }
  }

  /** The slots of frames that have come. */
  private final class Received implements NicMemory {
    @Override
    public int segments(int tag) {
      return 1;
    }

    @Override
    public MemorySegment memory(int tag, int segment) {
      return region.segment();
    }

    @Override
    public long offset(int tag, int segment) {
      return tag * SLOT;
    }

    @Override
    public int length(int tag, int segment) {
      return (int) SLOT;
    }
  }
}
