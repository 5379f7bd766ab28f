package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.hv.attach.BlockPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.block.BlockOperation;

/**
 * One I/O submission queue over one port (NVM command set, chapter 6). A command becomes one
 * request of the driver, or several one after the other: the parts of a long write-zeroes, the
 * ranges of a deallocation, the flush behind a write that must be durable where the driver knows no
 * FUA.
 *
 * <p>Everything but the driver's submit happens under the port's monitor, on the run-loop thread
 * but for {@link #discard}.
 */
final class IoQueue {
  static final int FLUSH = 0x00;
  static final int WRITE = 0x01;
  static final int READ = 0x02;
  static final int WRITE_ZEROES = 0x08;
  static final int DATASET_MANAGEMENT = 0x09;

  private static final int FUA = 1 << 30;
  private static final int DEALLOCATE_ZEROES = 1 << 25;
  private static final int DEALLOCATE = 1 << 2;
  private static final int RANGE_BYTES = 16;

  /** The most ranges of a Dataset Management command. */
  static final int MOST_RANGES = 256;

  private static final int NOBODY = -1;

  /** {@link #start} has put the command on its way. */
  private static final int STARTED = -1;

  private final BlockPort port;
  private final NvmeController controller;
  private final NvmeCommand command = new NvmeCommand();
  private final DataPointer pointer;
  private final DataPointer.Sink segments;
  private final RangeReader ranges;
  private int filling;

  /** By tag: the guest's command. */
  private final int[] commands;

  /** By tag: whether the guest waits for it. */
  private final boolean[] wanted;

  private final int[] operations;
  private final int[] flags;
  private final long[] firstBlocks;
  private final long[] nextBlocks;
  private final long[] blocksLeft;
  private final long[] blocksMoved;
  private final boolean[] flushAfter;

  /** By tag: ranges still to deallocate, pairs of block and count; made when first needed. */
  private final @Nullable LongBuffer[] rangesLeft;

  private final int[] rangeCounts;
  private @Nullable SubmissionQueue submissions;

  /** The admin command that deletes the submission queue, or {@link #NOBODY}. */
  private int deletedBy = NOBODY;

  /** Whether a shutdown waits for a flush. */
  private boolean flushing;

  private int flushTag = BlockPort.NONE;

  IoQueue(BlockPort port, NvmeController controller, GuestMemory memory) {
    this.port = port;
    this.controller = controller;
    pointer = new DataPointer(memory);
    segments = (region, offset, length) -> port.segment(filling, region, offset, length);
    ranges = new RangeReader();
    int depth = port.depth();
    commands = new int[depth];
    wanted = new boolean[depth];
    operations = new int[depth];
    flags = new int[depth];
    firstBlocks = new long[depth];
    nextBlocks = new long[depth];
    blocksLeft = new long[depth];
    blocksMoved = new long[depth];
    flushAfter = new boolean[depth];
    rangesLeft = new LongBuffer[depth];
    rangeCounts = new int[depth];
  }

  /** Begins to serve a submission queue. */
  void start(SubmissionQueue queue) {
    synchronized (port) {
      submissions = queue;
    }
  }

  @Nullable SubmissionQueue submissions() {
    return submissions;
  }

  /**
   * Takes no more commands; tells the controller when those it took are completed.
   *
   * @param command the admin command that asks for it
   */
  void drain(int command) {
    synchronized (port) {
      deletedBy = command;
    }
  }

  boolean isDraining() {
    return deletedBy != NOBODY;
  }

  /** Forgets the guest at once; what is in flight ends without it. */
  void stop() {
    synchronized (port) {
      submissions = null;
      deletedBy = NOBODY;
      flushing = false;
      flushTag = BlockPort.NONE;
      Arrays.fill(wanted, false);
    }
  }

  /** Releases what completed after a stop. Any thread. */
  void discard() {
    synchronized (port) {
      port.allow(port.stagedTotal());
      for (int tag = port.completed(); tag != BlockPort.NONE; tag = port.completed()) {
        port.release(tag);
      }
    }
  }

  /** Flushes the driver's cache when nothing else is in flight here; then tells the controller. */
  void flush() {
    synchronized (port) {
      flushing = true;
    }
  }

  boolean isFlushing() {
    return flushing;
  }

  /** The submission queue, for a save; null where there is none. */
  @Nullable SubmissionQueueState queueState() {
    synchronized (port) {
      return submissions == null ? null : submissions.state(deletedBy);
    }
  }

  /** Commands that the driver has answered, for a save. */
  List<IoCommandState> commands(int index) {
    synchronized (port) {
      if (!port.isAtRest()) {
        throw new IllegalStateException(
            "the driver has requests of queue %d: quiesce it first".formatted(index));
      }
      return Arrays.stream(port.waiting()).mapToObj(tag -> command(index, tag)).toList();
    }
  }

  private IoCommandState command(int index, int tag) {
    LongBuffer left = rangesLeft[tag];
    List<Long> ranges = new ArrayList<>();
    for (int i = 0; left != null && i < 2 * rangeCounts[tag]; i++) {
      ranges.add(left.get(i));
    }
    return new IoCommandState(
        index,
        commands[tag],
        wanted[tag],
        operations[tag],
        flags[tag],
        firstBlocks[tag],
        nextBlocks[tag],
        blocksLeft[tag],
        blocksMoved[tag],
        flushAfter[tag],
        ranges,
        port.status(tag));
  }

  /** Takes up a command that was answered; after {@link #flush}, if that was asked for. */
  void restore(IoCommandState saved) {
    synchronized (port) {
      check(saved, controller.namespace());
      int tag = port.restore(saved.operation(), saved.status());
      if (tag == BlockPort.NONE) {
        throw new IllegalArgumentException("more commands than the driver takes");
      }
      commands[tag] = saved.id();
      wanted[tag] = saved.wanted();
      flags[tag] = saved.flags();
      set(tag, saved.operation(), saved.firstBlock(), saved.blocksLeft());
      nextBlocks[tag] = saved.nextBlock();
      blocksMoved[tag] = saved.blocksMoved();
      flushAfter[tag] = saved.flushAfter();
      rangeCounts[tag] = saved.ranges().size() / 2;
      if (!saved.ranges().isEmpty()) {
        LongBuffer kept = LongBuffer.allocate(2 * MOST_RANGES);
        saved.ranges().forEach(kept::put);
        rangesLeft[tag] = kept;
      }
      if (!saved.wanted() && flushing) {
        flushTag = tag;
      }
    }
  }

  /** What is left of a command is something that a guest could have asked for. */
  private static void check(IoCommandState saved, Namespace namespace) {
    boolean parts =
        saved.operation() == BlockOperation.DISCARD && namespace.discard()
            || saved.operation() == BlockOperation.WRITE_ZEROES && namespace.writeZeroes();
    boolean valid =
        (parts || (saved.blocksLeft() == 0 && saved.ranges().isEmpty()))
            && namespace.contains(saved.nextBlock(), saved.blocksLeft())
            && (saved.flags() & ~(BlockOperation.FUA | BlockOperation.MAY_UNMAP)) == 0
            && (namespace.fua() || (saved.flags() & BlockOperation.FUA) == 0)
            && (namespace.volatileCache() || !saved.flushAfter());
    for (int i = 0; i < saved.ranges().size(); i += 2) {
      valid &= namespace.contains(saved.ranges().get(i), saved.ranges().get(i + 1));
    }
    if (!valid) {
      throw new IllegalArgumentException("no guest could have asked for the rest of " + saved);
    }
  }

  /** One pass; whether another may find more to do. */
  boolean poll() {
    boolean more;
    synchronized (port) {
      boolean reaped = reap();
      more = fetch() || reaped;
      stageFlush();
    }
    port.submit();
    SubmissionQueue drained = null;
    int drainedBy;
    synchronized (port) {
      more |= reap();
      drainedBy = deletedBy;
      if (drainedBy != NOBODY && port.used() == 0) {
        drained = submissions;
        deletedBy = NOBODY;
        submissions = null;
      }
    }
    if (drained != null) {
      controller.drained(drained, drainedBy);
    }
    controller.signalCompletions();
    return more;
  }

  /**
   * Asks to be told when there is something to do; false where there is already. While the guest
   * leaves no room for completions there is nothing: its next head doorbell says so.
   */
  boolean arm() {
    synchronized (port) {
      SubmissionQueue to = submissions;
      if (to != null && deletedBy == NOBODY && to.completions().isFull()) {
        return true;
      }
    }
    return port.arm();
  }

  private void stageFlush() {
    if (flushing && flushTag == BlockPort.NONE && port.used() == 0) {
      int tag = port.claim();
      flushTag = tag;
      wanted[tag] = false;
      commands[tag] = 0;
      flags[tag] = 0;
      flushAfter[tag] = false;
      rangeCounts[tag] = 0;
      set(tag, BlockOperation.FLUSH, 0, 0);
      port.begin(tag, BlockOperation.FLUSH, 0, 0, 0);
      port.stage(tag);
    }
  }

  /** Takes commands while there are tags, and room to answer each at once; whether it took any. */
  private boolean fetch() {
    SubmissionQueue from = submissions;
    boolean took = false;
    while (from != null && deletedBy == NOBODY && !from.isEmpty() && !from.completions().isFull()) {
      int tag = port.claim();
      if (tag == BlockPort.NONE) {
        break;
      }
      took = true;
      from.take(command);
      int status = start(tag);
      if (status != STARTED) {
        port.release(tag);
        end(from, command.id(), 0, 0, command.word64(), status);
      }
    }
    return took;
  }

  private int start(int tag) {
    Namespace namespace = controller.namespace();
    int opcode = command.opcode();
    boolean all = opcode == FLUSH && command.namespace() == Namespace.ALL;
    if (command.isFused()) {
      return NvmeStatus.INVALID_FIELD;
    }
    if (command.namespace() != Namespace.ID && !all) {
      return NvmeStatus.INVALID_NAMESPACE;
    }
    commands[tag] = command.id();
    flags[tag] = 0;
    flushAfter[tag] = false;
    rangeCounts[tag] = 0;
    return switch (opcode) {
      case FLUSH -> flush(tag, namespace);
      case READ -> transfer(tag, BlockOperation.READ, namespace);
      case WRITE -> transfer(tag, BlockOperation.WRITE, namespace);
      case WRITE_ZEROES ->
          namespace.writeZeroes() ? zero(tag, namespace) : NvmeStatus.INVALID_OPCODE;
      case DATASET_MANAGEMENT ->
          namespace.discard() ? deallocate(tag, namespace) : NvmeStatus.INVALID_OPCODE;
      default -> NvmeStatus.INVALID_OPCODE;
    };
  }

  private int flush(int tag, Namespace namespace) {
    if (!namespace.volatileCache()) {
      return NvmeStatus.SUCCESS;
    }
    set(tag, BlockOperation.FLUSH, 0, 0);
    begin(tag, 0);
    return stage(tag);
  }

  private int transfer(int tag, int operation, Namespace namespace) {
    long block = command.word64();
    int blocks = (command.word(12) & 0xffff) + 1;
    if (blocks > namespace.maxTransferBlocks()) {
      return NvmeStatus.INVALID_FIELD;
    }
    if (!namespace.contains(block, blocks)) {
      return NvmeStatus.LBA_OUT_OF_RANGE;
    }
    if (operation == BlockOperation.WRITE && namespace.geometry().readOnly()) {
      return NvmeStatus.WRITE_PROTECTED;
    }
    set(tag, operation, block, blocks);
    if (operation == BlockOperation.WRITE) {
      makeDurable(tag, namespace, (command.word(12) & FUA) != 0);
    }
    begin(tag, blocks);
    filling = tag;
    long bytes = (long) blocks * namespace.geometry().logicalBlockSize();
    int status = pointer.walk(command, bytes, segments);
    return status == NvmeStatus.SUCCESS ? stage(tag) : status;
  }

  private int zero(int tag, Namespace namespace) {
    long block = command.word64();
    int blocks = (command.word(12) & 0xffff) + 1;
    if (!namespace.contains(block, blocks)) {
      return NvmeStatus.LBA_OUT_OF_RANGE;
    }
    if (namespace.geometry().readOnly()) {
      return NvmeStatus.WRITE_PROTECTED;
    }
    set(tag, BlockOperation.WRITE_ZEROES, block, blocks);
    flags[tag] = (command.word(12) & DEALLOCATE_ZEROES) != 0 ? BlockOperation.MAY_UNMAP : 0;
    makeDurable(tag, namespace, (command.word(12) & FUA) != 0);
    begin(tag, part(tag, namespace));
    return stage(tag);
  }

  private int deallocate(int tag, Namespace namespace) {
    if (namespace.geometry().readOnly()) {
      return NvmeStatus.WRITE_PROTECTED;
    }
    int count = (command.word(10) & 0xff) + 1;
    ranges.begin();
    int status = pointer.walk(command, (long) count * RANGE_BYTES, ranges);
    if (status != NvmeStatus.SUCCESS) {
      return status;
    }
    if ((command.word(11) & DEALLOCATE) == 0) {
      return NvmeStatus.SUCCESS;
    }
    LongBuffer kept = rangesLeft[tag];
    if (kept == null) {
      kept = LongBuffer.allocate(2 * MOST_RANGES);
      rangesLeft[tag] = kept;
    }
    for (int i = 0; i < count; i++) {
      kept.put(2 * i, ranges.block(i)).put(2 * i + 1, ranges.blocks(i));
      if (!namespace.contains(ranges.block(i), ranges.blocks(i))) {
        return NvmeStatus.LBA_OUT_OF_RANGE;
      }
    }
    rangeCounts[tag] = count;
    set(tag, BlockOperation.DISCARD, 0, 0);
    makeDurable(tag, namespace, false);
    return nextRange(tag) ? stagePart(tag, namespace) : NvmeStatus.SUCCESS;
  }

  private int stagePart(int tag, Namespace namespace) {
    begin(tag, part(tag, namespace));
    return stage(tag);
  }

  /** Goes to the next range that is not empty; false where there is none. */
  private boolean nextRange(int tag) {
    LongBuffer left = rangesLeft[tag];
    while (left != null && rangeCounts[tag] > 0) {
      int at = --rangeCounts[tag];
      nextBlocks[tag] = left.get(2 * at);
      blocksLeft[tag] = left.get(2 * at + 1);
      if (blocksLeft[tag] > 0) {
        return true;
      }
    }
    return false;
  }

  private void set(int tag, int operation, long block, long blocks) {
    operations[tag] = operation;
    firstBlocks[tag] = block;
    nextBlocks[tag] = block;
    blocksLeft[tag] = blocks;
    blocksMoved[tag] = blocks;
  }

  /** A change is durable when it completes, if the guest says so or has turned the cache off. */
  private void makeDurable(int tag, Namespace namespace, boolean asked) {
    if (namespace.volatileCache() && (asked || !controller.features().writeCache())) {
      boolean flag = namespace.fua() && operations[tag] != BlockOperation.DISCARD;
      flags[tag] |= flag ? BlockOperation.FUA : 0;
      flushAfter[tag] = !flag;
    }
  }

  /** How many of the blocks left the driver takes in one request. */
  private int part(int tag, Namespace namespace) {
    int most =
        operations[tag] == BlockOperation.DISCARD
            ? namespace.geometry().maxDiscardBlocks()
            : namespace.geometry().maxWriteZeroesBlocks();
    return (int) Math.min(blocksLeft[tag], most);
  }

  /** Fills the next request of a command. */
  private void begin(int tag, int blocks) {
    port.begin(tag, operations[tag], flags[tag], nextBlocks[tag], blocks);
    nextBlocks[tag] += blocks;
    blocksLeft[tag] -= blocks;
  }

  private int stage(int tag) {
    wanted[tag] = true;
    port.stage(tag);
    return STARTED;
  }

  /** Goes on with, or gives back, what the port has completed; whether there was any. */
  private boolean reap() {
    boolean any = false;
    SubmissionQueue to = submissions;
    // Whoever deletes a queue need not make room for its last completions.
    while (to == null || deletedBy != NOBODY || !to.completions().isFull()) {
      int tag = port.completed();
      if (tag == BlockPort.NONE) {
        break;
      }
      any = true;
      if (!goOn(tag)) {
        finish(tag, to);
        port.release(tag);
      }
    }
    return any;
  }

  /** Stages what is left of a command that goes well; false where nothing is. */
  private boolean goOn(int tag) {
    if (!wanted[tag] || port.status(tag) != Status.OK) {
      return false;
    }
    if (blocksLeft[tag] > 0 || nextRange(tag)) {
      port.reuse(tag);
      begin(tag, part(tag, controller.namespace()));
    } else if (flushAfter[tag]) {
      flushAfter[tag] = false;
      port.reuse(tag);
      port.begin(tag, BlockOperation.FLUSH, 0, 0, 0);
    } else {
      return false;
    }
    port.stage(tag);
    return true;
  }

  private void finish(int tag, @Nullable SubmissionQueue to) {
    if (tag == flushTag) {
      flushTag = BlockPort.NONE;
      flushing = false;
      controller.flushed();
    } else if (wanted[tag] && to != null) {
      wanted[tag] = false;
      int operation = operations[tag];
      end(
          to,
          commands[tag],
          operation,
          blocksMoved[tag],
          firstBlocks[tag],
          NvmeStatus.of(port.status(tag), operation));
    }
  }

  private void end(SubmissionQueue to, int id, int operation, long blocks, long block, int status) {
    controller.counters().ended(operation, blocks, status);
    if (status != NvmeStatus.SUCCESS) {
      controller.logs().failed(to.id(), id, status, Namespace.ID, block);
    }
    if (!to.completions().isFull()) {
      controller.completed(to, id, status, 0);
    }
  }

  /** Collects the ranges of a Dataset Management command (6.7), wherever pieces divide them. */
  private static final class RangeReader implements DataPointer.Sink {
    private final byte[] bytes = new byte[MOST_RANGES * RANGE_BYTES];
    private final MemorySegment view = MemorySegment.ofArray(bytes);
    private int filled;

    void begin() {
      filled = 0;
    }

    @Override
    public boolean add(MemoryRegion region, long offset, long length) {
      if (length > bytes.length - filled) {
        return false;
      }
      MemorySegment.copy(region.segment(), offset, view, filled, length);
      filled += (int) length;
      return true;
    }

    long blocks(int index) {
      return Integer.toUnsignedLong(Le.getInt(view, (long) index * RANGE_BYTES + 4));
    }

    long block(int index) {
      return Le.getLong(view, (long) index * RANGE_BYTES + 8);
    }
  }
}
