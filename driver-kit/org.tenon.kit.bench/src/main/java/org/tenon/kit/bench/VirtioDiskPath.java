package org.tenon.kit.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.tenon.api.Stability;
import org.tenon.kit.testing.virtio.GuestBlockConfig;
import org.tenon.kit.testing.virtio.GuestBlockDriver;
import org.tenon.kit.testing.virtio.GuestChain;
import org.tenon.kit.testing.virtio.GuestDevice;
import org.tenon.kit.testing.virtio.GuestMemory;
import org.tenon.kit.testing.virtio.GuestRing;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioBlk;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.block.BlockGeometry;

/**
 * A disk as a guest reaches it through virtio-blk: each request is a chain of header, data and
 * status in an indirect table, as Linux sends it, and interrupts are asked for as Linux asks.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioDiskPath implements BlockPath {
  private static final int HEADER_BYTES = 16;

  /** Header and status of one request. */
  private static final int FRAME_BYTES = 32;

  private static final int PAGE = 4096;

  private final GuestDevice device;
  private final GuestIdle idle;
  private final BlockGeometry geometry;
  private final int depth;
  private final List<Ring> queues;

  private VirtioDiskPath(VirtioTransport transport, GuestIdle idle, BenchPlan plan) {
    this.idle = idle;
    device = new GuestDevice(transport);
    GuestBlockConfig config = GuestBlockConfig.read(transport);
    int queueCount = Math.max(1, Math.min(plan.queues(), config.queues()));
    device.bringUp(
        GuestBlockDriver.FEATURES,
        queueCount,
        new RingOptions(ringSize(plan.depth()), false, true, true));
    int blockSize = config.blockSize();
    geometry =
        BlockGeometry.of(config.sectors() * VirtioBlk.SECTOR / blockSize, blockSize)
            .readOnly(device.has(VirtioFeature.BLK_RO))
            .build();
    depth = Math.min(plan.depth(), device.ring(0).options().size());
    queues =
        IntStream.range(0, queueCount)
            .mapToObj(queue -> new Ring(queue, plan.blockSize()))
            .toList();
  }

  /**
   * Brings a device up; the path closes it.
   *
   * @param transport a virtio-blk device with at least {@link #memoryBytes} of RAM
   * @param idle what its machine does while the guest waits
   */
  public static VirtioDiskPath open(VirtioTransport transport, GuestIdle idle, BenchPlan plan) {
    return new VirtioDiskPath(transport, idle, plan);
  }

  /** How much RAM the guest needs for a plan, in bytes. */
  public static long memoryBytes(BenchPlan plan) {
    int ring = ringSize(plan.depth());
    long each =
        (long) plan.depth() * (FRAME_BYTES + plan.blockSize())
            + (long) ring * (GuestRing.INDIRECT_ENTRIES + 2) * HEADER_BYTES
            + 4 * PAGE;
    return plan.queues() * each + 2L * PAGE;
  }

  private static int ringSize(int depth) {
    return Math.max(4, Integer.highestOneBit(2 * depth - 1));
  }

  @Override
  public String name() {
    return "virtio";
  }

  @Override
  public int queues() {
    return queues.size();
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public BlockGeometry geometry() {
    return geometry;
  }

  @Override
  public Queue queue(int index) {
    return queues.get(index);
  }

  @Override
  public void settle() throws BenchException {
    if (device.needsReset()) {
      throw new BenchException("the virtio device needs a reset");
    }
  }

  @Override
  public void close() {
    device.transport().close();
  }

  /** One ring, and the memory of its requests. */
  private final class Ring implements Queue {
    private final int index;
    private final int bytes;
    private final int sectorsPerBlock = geometry.logicalBlockSize() / VirtioBlk.SECTOR;
    private final GuestMemory memory = device.memory();
    private final GuestRing ring;
    private final GuestChain chain = new GuestChain();
    private final long frames;
    private final long data;
    private final int[] tagOfToken;
    private final int[] unsent;
    private final long[] sent;
    private final long[] ended;
    private int unsentCount;

    Ring(int index, int bytes) {
      this.index = index;
      this.bytes = bytes;
      ring = device.ring(index);
      frames = memory.allocate((long) depth * FRAME_BYTES, HEADER_BYTES);
      data = memory.allocate((long) depth * bytes, PAGE);
      tagOfToken = new int[ring.options().size()];
      unsent = new int[depth];
      sent = new long[depth];
      ended = new long[depth];
    }

    private long frame(int tag) {
      return frames + (long) tag * FRAME_BYTES;
    }

    @Override
    public void put(int tag, boolean read, long block) {
      long header = frame(tag);
      memory.put32(header, read ? VirtioBlk.IN : VirtioBlk.OUT);
      memory.put64(header + 8, block * sectorsPerBlock);
      chain.clear().readable(header, HEADER_BYTES);
      long at = data + (long) tag * bytes;
      if (read) {
        chain.writable(at, bytes);
      } else {
        chain.readable(at, bytes);
      }
      int token = ring.add(chain.writable(header + HEADER_BYTES, 1));
      if (token < 0) {
        throw new IllegalStateException("a ring has no room for a request that it took before");
      }
      tagOfToken[token] = tag;
      unsent[unsentCount++] = tag;
    }

    @Override
    public void send() {
      if (unsentCount > 0) {
        long now = System.nanoTime();
        while (unsentCount > 0) {
          sent[unsent[--unsentCount]] = now;
        }
        device.kick(index);
      }
    }

    @Override
    public int poll() {
      int token = ring.poll();
      if (token < 0 && !ring.armInterrupt()) {
        token = ring.poll();
      }
      if (token < 0) {
        return -1;
      }
      int tag = tagOfToken[token];
      ended[tag] = System.nanoTime();
      return tag;
    }

    @Override
    public long sent(int tag) {
      return sent[tag];
    }

    @Override
    public long ended(int tag) {
      return ended[tag];
    }

    @Override
    public boolean isOk(int tag) {
      return memory.get8(frame(tag) + HEADER_BYTES) == VirtioBlk.OK;
    }

    @Override
    public void await(long nanos) {
      idle.idle(index, nanos);
    }
  }
}
