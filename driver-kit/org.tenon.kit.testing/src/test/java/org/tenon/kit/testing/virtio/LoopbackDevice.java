package org.tenon.kit.testing.virtio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The fixture of the guest side's tests: a small virtio-blk device over memory that looks at
 * everything the guest does and gives up at the first thing that is wrong. It works on a thread of
 * its own, and asks for notifications only when idle.
 */
final class LoopbackDevice implements VirtioTransport {
  static final int SECTORS = 256;
  static final int QUEUES = 2;

  final byte[] disk = new byte[SECTORS * VirtioBlk.SECTOR];
  final List<String> defects = new ArrayList<>();
  int notifications;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(8L << 20, 4096);
  private final GuestMemory access;
  private final long offered;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final LoopbackQueue[] queues = new LoopbackQueue[QUEUES];
  private Interrupts interrupts = new NoInterrupts();
  private long features;
  private volatile int status;

  LoopbackDevice(long offered) {
    this.offered = offered | VirtioFeature.VERSION_1;
    this.access = new GuestMemory(memory, memoryBase());
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public long memoryBase() {
    return 0x4000_0000L;
  }

  @Override
  public int deviceType() {
    return VirtioBlk.DEVICE_TYPE;
  }

  @Override
  public long deviceFeatures() {
    return offered;
  }

  @Override
  public void driverFeatures(long bits) {
    features = bits;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public void status(int bits) {
    boolean refused = (features & ~offered) != 0;
    status = refused ? bits & ~VirtioStatus.FEATURES_OK : bits;
  }

  @Override
  public int queues() {
    return QUEUES;
  }

  @Override
  public int maxQueueSize(int queue) {
    return 256;
  }

  @Override
  public void setUpQueue(
      int queue, int size, long descriptorArea, long driverArea, long deviceArea) {
    RingOptions shape =
        new RingOptions(
            size,
            (features & VirtioFeature.RING_PACKED) != 0,
            (features & VirtioFeature.INDIRECT_DESC) != 0,
            (features & VirtioFeature.EVENT_IDX) != 0);
    queues[queue] = LoopbackQueue.of(access, shape, descriptorArea, driverArea, deviceArea);
  }

  @Override
  public void notifyQueue(int queue) {
    notifications++;
    worker.execute(() -> serve(queue));
  }

  private void serve(int queue) {
    try {
      LoopbackQueue ring = queues[queue];
      do {
        ring.suppressNotifications();
        for (LoopbackQueue.Chain chain = ring.take(); chain != null; chain = ring.take()) {
          ring.use(chain, carryOut(chain));
          if (ring.wantsInterrupt()) {
            interrupts.queue(queue);
          }
        }
      } while (!ring.requestNotification());
    } catch (LoopbackQueue.Malformed e) {
      defects.add(e.getMessage());
      status |= VirtioStatus.DEVICE_NEEDS_RESET;
      interrupts.configuration();
    }
  }

  /** Answers how many bytes were written. */
  private int carryOut(LoopbackQueue.Chain chain) {
    byte[] header = chain.read(16);
    GuestMemory view = new GuestMemory(MemorySegment.ofArray(new long[1024]), 0);
    view.write(0, header);
    int type = view.get32(0);
    long sector = view.get64(8);
    int written = 0;
    int answer = VirtioBlk.OK;
    switch (type) {
      case VirtioBlk.IN -> {
        int length = chain.writableLength() - 1;
        answer = whole(sector, length) ? VirtioBlk.OK : VirtioBlk.IOERR;
        if (answer == VirtioBlk.OK) {
          chain.write(disk, (int) sector * VirtioBlk.SECTOR, length);
          written = length;
        }
      }
      case VirtioBlk.OUT -> {
        byte[] data = chain.read(chain.readableLength());
        if (data.length % VirtioBlk.SECTOR != 0) {
          throw new LoopbackQueue.Malformed("a write of " + data.length + " bytes");
        }
        answer = whole(sector, data.length) ? VirtioBlk.OK : VirtioBlk.IOERR;
        if (answer == VirtioBlk.OK) {
          System.arraycopy(data, 0, disk, (int) sector * VirtioBlk.SECTOR, data.length);
        }
      }
      case VirtioBlk.GET_ID -> {
        chain.write(
            "LOOP-7\0\0\0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII), 0, 20);
        written = 20;
      }
      case VirtioBlk.FLUSH -> {}
      case VirtioBlk.DISCARD, VirtioBlk.WRITE_ZEROES -> {
        view.write(16, chain.read(16));
        int from = (int) view.get64(16) * VirtioBlk.SECTOR;
        Arrays.fill(disk, from, from + view.get32(24) * VirtioBlk.SECTOR, (byte) 0);
      }
      default -> answer = VirtioBlk.UNSUPP;
    }
    chain.writeStatus(answer);
    return written + 1;
  }

  private static boolean whole(long sector, int bytes) {
    return bytes % VirtioBlk.SECTOR == 0
        && sector >= 0
        && sector + bytes / VirtioBlk.SECTOR <= SECTORS;
  }

  @Override
  public long readConfig(int offset, int width) {
    return switch (offset) {
      case 0 -> SECTORS;
      case 20 -> VirtioBlk.SECTOR;
      case 34 -> QUEUES;
      default -> 0;
    };
  }

  @Override
  public void writeConfig(int offset, int width, long value) {}

  @Override
  public int configGeneration() {
    return 0;
  }

  @Override
  public void onInterrupt(Interrupts listener) {
    interrupts = listener;
  }

  @Override
  public void close() {
    worker.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  /** Nobody listens. */
  private static final class NoInterrupts implements Interrupts {
    @Override
    public void queue(int queue) {}

    @Override
    public void configuration() {}
  }
}
