package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/** The log pages (5.14.1): errors, health, firmware slot, changed namespaces, effects. */
final class LogPages implements Saved {
  static final int ERRORS = 1;
  static final int HEALTH = 2;
  static final int FIRMWARE = 3;
  static final int CHANGED_NAMESPACES = 4;
  static final int EFFECTS = 5;

  private static final int ERROR_BYTES = 64;
  private static final int HEALTH_BYTES = 512;
  private static final int FIRMWARE_BYTES = 512;
  private static final long NANOS_PER_HOUR = 3_600_000_000_000L;
  private static final int SUPPORTED = 1;
  private static final int CHANGES_DATA = 1 << 1;
  private static final int[] ADMIN_OPCODES = {
    AdminCommands.DELETE_SQ,
    AdminCommands.CREATE_SQ,
    AdminCommands.GET_LOG_PAGE,
    AdminCommands.DELETE_CQ,
    AdminCommands.CREATE_CQ,
    AdminCommands.IDENTIFY,
    AdminCommands.ABORT,
    AdminCommands.SET_FEATURES,
    AdminCommands.GET_FEATURES,
    AdminCommands.EVENT_REQUEST
  };

  private final Counters counters;
  private final Clock clock;

  /** Newest last; a ring. */
  private final byte[] errors = new byte[Identify.ERROR_ENTRIES * ERROR_BYTES];

  private long errorCount;
  private boolean namespaceChanged;

  LogPages(Counters counters, Clock clock) {
    this.counters = counters;
    this.clock = clock;
  }

  /** Notes a command that failed. */
  void failed(int queue, int command, int status, int namespace, long block) {
    errorCount++;
    int at = (int) ((errorCount - 1) % Identify.ERROR_ENTRIES) * ERROR_BYTES;
    MemorySegment entry = MemorySegment.ofArray(errors).asSlice(at, ERROR_BYTES);
    entry.fill((byte) 0);
    int noLocation = 0xffff;
    Le.setLong(entry, 0, errorCount);
    Le.setShort(entry, 8, queue);
    Le.setShort(entry, 10, command);
    Le.setShort(entry, 12, NvmeStatus.field(status) << 1);
    Le.setShort(entry, 14, noLocation);
    Le.setLong(entry, 16, block);
    Le.setInt(entry, 24, namespace);
  }

  void namespaceChanged() {
    namespaceChanged = true;
  }

  @Override
  public void save(StateWriter out) {
    out.put(
        new LogPagesState(
            HexFormat.of().formatHex(errors), errorCount, namespaceChanged, counters.snapshot()));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    LogPagesState state = in.take(LogPagesState.class);
    byte[] saved = HexFormat.of().parseHex(state.errors());
    if (saved.length != errors.length) {
      throw new StateException("the saved NVMe controller has another error log");
    }
    System.arraycopy(saved, 0, errors, 0, saved.length);
    errorCount = state.errorCount();
    namespaceChanged = state.namespaceChanged();
    counters.restore(state.done());
  }

  /** A page's contents, or null where there is no such page. */
  byte @Nullable [] read(int page, Namespace namespace) {
    return switch (page) {
      case ERRORS -> errors();
      case HEALTH -> health(namespace);
      case FIRMWARE -> firmware(namespace);
      case CHANGED_NAMESPACES -> changedNamespaces();
      case EFFECTS -> effects(namespace);
      default -> null;
    };
  }

  /** Newest first (figure 197). */
  private byte[] errors() {
    byte[] page = new byte[errors.length];
    long kept = Math.min(errorCount, Identify.ERROR_ENTRIES);
    for (int i = 0; i < kept; i++) {
      int from = (int) ((errorCount - 1 - i) % Identify.ERROR_ENTRIES) * ERROR_BYTES;
      System.arraycopy(errors, from, page, i * ERROR_BYTES, ERROR_BYTES);
    }
    return page;
  }

  /** Figure 198. There is no sensor, so no temperature is reported, and nothing wears out. */
  private byte[] health(Namespace namespace) {
    byte[] page = new byte[HEALTH_BYTES];
    MemorySegment out = MemorySegment.ofArray(page);
    int readOnly = 1 << 3;
    int percentSpare = 100;
    page[0] = (byte) (namespace.geometry().readOnly() ? readOnly : 0);
    page[3] = (byte) percentSpare;
    NvmeMetrics done = counters.snapshot();
    int blockBytes = namespace.geometry().logicalBlockSize();
    Le.setLong(out, 32, dataUnits(done.blocksRead(), blockBytes));
    Le.setLong(out, 48, dataUnits(done.blocksWritten(), blockBytes));
    Le.setLong(out, 64, done.readCommands());
    Le.setLong(out, 80, done.writeCommands());
    Le.setLong(out, 112, 1);
    Le.setLong(out, 128, clock.now() / NANOS_PER_HOUR);
    Le.setLong(out, 160, done.mediaErrors());
    Le.setLong(out, 176, errorCount);
    return page;
  }

  /** Thousands of 512 bytes, rounded up. */
  private static long dataUnits(long blocks, int blockBytes) {
    long unit = 512_000;
    return (blocks * blockBytes + unit - 1) / unit;
  }

  /** Figure 199: the one slot, which is active. */
  private static byte[] firmware(Namespace namespace) {
    byte[] page = new byte[FIRMWARE_BYTES];
    page[0] = 1;
    Identify.ascii(page, 8, 8, namespace.identity().revision());
    return page;
  }

  /** Reading it forgets it. */
  private byte[] changedNamespaces() {
    byte[] page = new byte[Identify.BYTES];
    if (namespaceChanged) {
      namespaceChanged = false;
      Le.setInt(MemorySegment.ofArray(page), 0, Namespace.ID);
    }
    return page;
  }

  /** Figure 202. */
  private static byte[] effects(Namespace namespace) {
    byte[] page = new byte[Identify.BYTES];
    for (int opcode : ADMIN_OPCODES) {
      page[4 * opcode] = SUPPORTED;
    }
    int io = 1024;
    page[io + 4 * IoQueue.FLUSH] = SUPPORTED;
    page[io + 4 * IoQueue.READ] = SUPPORTED;
    page[io + 4 * IoQueue.WRITE] = SUPPORTED | CHANGES_DATA;
    if (namespace.writeZeroes()) {
      page[io + 4 * IoQueue.WRITE_ZEROES] = SUPPORTED | CHANGES_DATA;
    }
    if (namespace.discard()) {
      page[io + 4 * IoQueue.DATASET_MANAGEMENT] = SUPPORTED | CHANGES_DATA;
    }
    return page;
  }
}
