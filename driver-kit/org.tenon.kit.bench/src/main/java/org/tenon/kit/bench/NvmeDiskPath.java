package org.tenon.kit.bench;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.kit.testing.virtio.GuestMemory;
import org.tenon.spi.block.BlockGeometry;

/**
 * A disk as a guest reaches it through an NVMe controller (NVMe 1.4): a pair of queues for each of
 * the plan's, with interrupts, data by PRP, one tail doorbell for each batch sent and one head
 * doorbell for each batch taken.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NvmeDiskPath implements BlockPath {
  private static final int PAGE = 4096;
  private static final int NAMESPACE = 1;
  private static final int IDENTIFY = 0x06;
  private static final int CREATE_SUBMISSIONS = 0x01;
  private static final int CREATE_COMPLETIONS = 0x05;
  private static final int IDENTIFY_NAMESPACE = 0;
  private static final int IDENTIFY_CONTROLLER = 1;
  private static final int CONTIGUOUS = 1;
  private static final int INTERRUPTS = 1 << 1;
  private static final int PATIENCE = 100_000;

  private final NvmeDoor door;
  private final GuestMemory memory;
  private final NvmeQueue admin;
  private final BlockGeometry geometry;
  private final int depth;
  private final List<NvmeQueue> queues = new ArrayList<>();

  private NvmeDiskPath(NvmeDoor door, BenchPlan plan) throws BenchException {
    this.door = door;
    memory = new GuestMemory(door.memory(), door.memoryBase());
    NvmeRegisters.disable(door);
    admin = new NvmeQueue(0, 2, door, memory);
    NvmeRegisters.enable(door, admin);
    long page = memory.allocate(PAGE, PAGE);
    call(IDENTIFY, NAMESPACE, page, IDENTIFY_NAMESPACE, 0);
    geometry = geometry(page);
    call(IDENTIFY, 0, page, IDENTIFY_CONTROLLER, 0);
    int mostQueues = Math.max(1, Math.min(plan.queues(), mostQueues()));
    int entries = Math.min(plan.depth() + 1, NvmeRegisters.mostEntries(door));
    depth = entries - 1;
    for (int id = 1; id <= mostQueues; id++) {
      queues.add(create(id, entries, plan.blockSize()));
    }
  }

  /**
   * Brings a controller up; the path closes it.
   *
   * @param door with at least {@link #memoryBytes} of RAM
   * @throws BenchException if the controller does not do what it must
   */
  public static NvmeDiskPath open(NvmeDoor door, BenchPlan plan) throws BenchException {
    return new NvmeDiskPath(door, plan);
  }

  /** How much RAM the guest needs for a plan, in bytes. */
  public static long memoryBytes(BenchPlan plan) {
    long each = (plan.blockSize() + 2L * PAGE) * plan.depth() + 80L * plan.depth() + 4L * PAGE;
    return plan.queues() * each + 8L * PAGE;
  }

  private int mostQueues() throws BenchException {
    int setFeatures = 0x09;
    int numberOfQueues = 0x07;
    call(setFeatures, 0, 0, numberOfQueues, 0x00ff_00ff);
    return (admin.result() & 0xffff) + 1;
  }

  private BlockGeometry geometry(long page) {
    int format = memory.get8(page + 26) & 0xf;
    int blockSize = 1 << memory.get8(page + 128 + 4L * format + 2);
    boolean readOnly = (memory.get8(page + 99) & 1) != 0;
    return BlockGeometry.of(memory.get64(page), blockSize).readOnly(readOnly).build();
  }

  private NvmeQueue create(int id, int entries, int bytes) throws BenchException {
    NvmeQueue queue = new NvmeQueue(id, entries, door, memory);
    int size = (entries - 1) << 16 | id;
    call(CREATE_COMPLETIONS, 0, queue.completions(), size, id << 16 | INTERRUPTS | CONTIGUOUS);
    call(CREATE_SUBMISSIONS, 0, queue.submissions(), size, id << 16 | CONTIGUOUS);
    queue.holdData(bytes, bytes / geometry.logicalBlockSize());
    return queue;
  }

  /** Carries out an admin command. */
  private void call(int opcode, int namespace, long pointer, int word10, int word11)
      throws BenchException {
    admin.command(opcode, namespace, pointer, word10, word11);
    admin.send();
    int tag = admin.poll();
    for (int tries = 0; tag < 0 && tries < PATIENCE; tries++) {
      admin.await(1);
      tag = admin.poll();
    }
    if (tag < 0 || !admin.isOk(tag)) {
      throw new BenchException(
          "the NVMe controller %s admin command 0x%02x"
              .formatted(tag < 0 ? "does not answer" : "refuses", opcode));
    }
  }

  @Override
  public String name() {
    return "nvme";
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
    if (NvmeRegisters.isFatal(door)) {
      throw new BenchException("the NVMe controller reports a fatal status");
    }
  }

  @Override
  public void close() {
    door.close();
  }
}
