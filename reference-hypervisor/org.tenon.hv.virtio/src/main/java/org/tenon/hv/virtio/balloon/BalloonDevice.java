package org.tenon.hv.virtio.balloon;

import java.util.EnumMap;
import java.util.Map;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.Virtqueue;

/**
 * The traditional memory balloon (VIRTIO 1.2, 5.5). Pages that the driver gives up, or reports as
 * free, lose what they hold and their memory goes back to the host.
 *
 * <p>Hints about free pages are offered and never asked for: with every queue there, those drivers
 * agree on the queues' numbers that count only the ones they use, and those that count as 5.5.2
 * does.
 */
public final class BalloonDevice extends LoopDevice {
  /** The device type (5.5.1). */
  public static final int TYPE = 5;

  /** Bytes of a page, whatever the guest's are (5.5.6). */
  public static final int PAGE = 4096;

  /** The most pages of one buffer that the host takes; drivers give up 256 at a time. */
  private static final int MOST_PAGES = 1 << 14;

  private static final int INFLATE = 0;
  private static final int STATISTICS = 2;
  private static final int REPORTING = 4;
  private static final int QUEUES = 5;
  private static final int STATISTIC_BYTES = 10;
  private static final int NONE = -1;

  private final GuestMemory memory;
  private final boolean deflateOnOom;
  private final BalloonRegisters registers = new BalloonRegisters();
  private final DescriptorChain chain;
  private final BufferReader reader = new BufferReader();
  private final Map<BalloonStatistic, Long> statistics = new EnumMap<>(BalloonStatistic.class);
  private Runnable whenTold = () -> {};
  private int heldId = NONE;
  private int heldSlots;
  private boolean wanted;

  /**
   * A device after reset, its target 0.
   *
   * @param memory the guest's
   * @param deflateOnOom whether the guest may take pages back when it runs out of memory
   * @param maxQueueSize of each queue: a power of two
   * @param handoffs see {@link LoopDevice}
   */
  public BalloonDevice(
      GuestMemory memory, boolean deflateOnOom, int maxQueueSize, Handoffs handoffs) {
    super(TYPE, QUEUES, maxQueueSize, handoffs);
    this.memory = memory;
    this.deflateOnOom = deflateOnOom;
    chain = new DescriptorChain(maxQueueSize);
  }

  @Override
  public long features() {
    return BalloonFeature.STATS_VQ
        | BalloonFeature.FREE_PAGE_HINT
        | BalloonFeature.PAGE_POISON
        | BalloonFeature.PAGE_REPORTING
        | (deflateOnOom ? BalloonFeature.DEFLATE_ON_OOM : 0);
  }

  /**
   * Says how much of its memory the guest is to do without.
   *
   * @param bytes 0 to all of it; of the last page the whole
   * @throws IllegalArgumentException for another number
   */
  public void setTarget(long bytes) {
    if (bytes < 0 || bytes > memory.size()) {
      throw new IllegalArgumentException(
          "a balloon takes 0 to %d bytes from this guest, not %d".formatted(memory.size(), bytes));
    }
    registers.pages = (int) Math.ceilDiv(bytes, PAGE);
    configChanged();
  }

  /** How much the guest is to do without, in bytes. */
  public long target() {
    return Integer.toUnsignedLong(registers.pages) * PAGE;
  }

  /** How much the guest says it does without, in bytes. */
  public long actual() {
    return Integer.toUnsignedLong(registers.actual) * PAGE;
  }

  /** What the driver has last told of the guest's memory. */
  public Map<BalloonStatistic, Long> statistics() {
    return Map.copyOf(statistics);
  }

  /** Asks the driver for statistics, if there is one that has them. */
  public void askForStatistics() {
    wanted = true;
    schedule(STATISTICS);
  }

  /** What to do whenever the driver has told its statistics. */
  public void whenTold(Runnable action) {
    whenTold = action;
  }

  @Override
  protected boolean serve(int queue, Virtqueue ring) {
    if (queue == STATISTICS) {
      return serveStatistics(ring);
    }
    while (ring.pop(chain)) {
      if (queue == INFLATE) {
        inflate();
      } else if (queue == REPORTING) {
        takeReported();
      }
      ring.push(chain.id(), chain.slots(), 0);
    }
    return true;
  }

  /** Discards the pages of a buffer, neighbours together. */
  private void inflate() {
    reader.aim(chain);
    long first = 0;
    long count = 0;
    for (int i = 0; i < MOST_PAGES && reader.left() >= Integer.BYTES; i++) {
      long page = reader.number(Integer.BYTES);
      if (count > 0 && page == first + count) {
        count++;
      } else if (count > 0 && page == first - 1) {
        first--;
        count++;
      } else {
        discard(first * PAGE, count * PAGE);
        first = page;
        count = 1;
      }
    }
    discard(first * PAGE, count * PAGE);
  }

  /** Neighbours may lie on both sides of a hole. */
  private void discard(long address, long length) {
    MemoryRegion whole = memory.find(address, length);
    if (whole != null) {
      whole.discard(whole.offset(address), length);
      return;
    }
    for (long at = address; at < address + length; at += PAGE) {
      MemoryRegion region = memory.find(at, PAGE);
      if (region != null) {
        region.discard(region.offset(at), PAGE);
      }
    }
  }

  /** Discards the whole pages in a buffer, unless the guest wants to find them filled. */
  private void takeReported() {
    boolean filled =
        Feature.has(agreedFeatures(), BalloonFeature.PAGE_POISON) && registers.poison != 0;
    for (int i = chain.readableCount(); i < chain.count() && !filled; i++) {
      long from = (chain.offset(i) + PAGE - 1) & -PAGE;
      long to = (chain.offset(i) + chain.length(i)) & -PAGE;
      if (from < to) {
        chain.region(i).discard(from, to - from);
      }
    }
  }

  /** The driver's buffer waits here until statistics are asked for. */
  private boolean serveStatistics(Virtqueue ring) {
    if (wanted && heldId != NONE) {
      wanted = false;
      giveBack(ring);
    }
    while (ring.pop(chain)) {
      giveBack(ring);
      read();
      heldId = chain.id();
      heldSlots = chain.slots();
    }
    return true;
  }

  private void giveBack(Virtqueue ring) {
    if (heldId != NONE) {
      ring.push(heldId, heldSlots, 0);
      heldId = NONE;
      heldSlots = 0;
    }
  }

  private void read() {
    reader.aim(chain);
    for (int i = 0; i <= BalloonStatistic.TAGS && reader.left() >= STATISTIC_BYTES; i++) {
      int tag = (int) reader.number(2);
      long value = reader.number(8);
      if (tag < BalloonStatistic.TAGS) {
        statistics.put(BalloonStatistic.of(tag), value);
      }
    }
    whenTold.run();
  }

  @Override
  protected void stopped() {
    registers.actual = 0;
    registers.poison = 0;
    stopped(STATISTICS);
    statistics.clear();
  }

  @Override
  protected void stopped(int queue) {
    if (queue == STATISTICS) {
      heldId = NONE;
      heldSlots = 0;
      wanted = false;
    }
  }

  @Override
  protected int inFlight(int queue) {
    return queue == STATISTICS ? heldSlots : 0;
  }

  @Override
  public void save(StateWriter out) {
    out.put(
        new BalloonState(
            agreedFeatures(),
            registers.pages,
            registers.actual,
            registers.poison,
            heldId,
            heldSlots));
  }

  @Override
  public void restore(StateReader in, GuestMemory ram) throws StateException {
    BalloonState state = in.take(BalloonState.class);
    restoreFeatures(state.features());
    registers.pages = state.pages();
    registers.actual = state.actual();
    registers.poison = state.poison();
    heldId = state.heldId();
    heldSlots = state.heldSlots();
  }

  @Override
  public int configSize() {
    return BalloonRegisters.SIZE;
  }

  @Override
  public int readConfig(int offset) {
    return registers.read(offset);
  }

  @Override
  public void writeConfig(int offset, int value) {
    registers.write(offset, value);
  }
}
