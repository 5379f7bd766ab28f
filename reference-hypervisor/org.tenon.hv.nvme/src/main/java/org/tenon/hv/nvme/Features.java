package org.tenon.hv.nvme;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * The controller's features (5.21.1) as Get and Set Features know them. None survives a reset, and
 * none can be saved.
 */
final class Features implements Saved {
  private static final int ARBITRATION = 0x01;
  private static final int POWER = 0x02;
  private static final int TEMPERATURE = 0x04;
  private static final int ERROR_RECOVERY = 0x05;
  private static final int WRITE_CACHE = 0x06;
  private static final int QUEUES = 0x07;
  private static final int COALESCING = 0x08;
  private static final int VECTOR = 0x09;
  private static final int ATOMICITY = 0x0a;
  private static final int EVENTS = 0x0b;
  private static final int MOST = 0x0b;

  /** No temperature is too high by default. */
  private static final int TEMPERATURE_DEFAULT = 0xffff;

  /** SEL of Get Features. */
  private static final int SELECT_CURRENT = 0;

  private static final int SELECT_CAPABILITIES = 3;
  private static final int CHANGEABLE = 1 << 2;
  private static final int SAVE = 1 << 31;

  /** Answers that are no status carry this above the bits of one. */
  private static final int COALESCING_DISABLED = 1 << 16;

  private final int queueCount;
  private final boolean volatileCache;
  private final int[] values = new int[MOST + 1];
  private final boolean[] uncoalesced;
  private int result;

  Features(int queueCount, boolean volatileCache) {
    this.queueCount = queueCount;
    this.volatileCache = volatileCache;
    uncoalesced = new boolean[queueCount + 1];
    reset();
  }

  void reset() {
    for (int id = 0; id < values.length; id++) {
      values[id] = initial(id);
    }
    Arrays.fill(uncoalesced, false);
  }

  @Override
  public void save(StateWriter out) {
    List<Integer> vectors =
        IntStream.range(0, uncoalesced.length).mapToObj(i -> uncoalesced[i] ? 1 : 0).toList();
    out.put(new FeaturesState(Arrays.stream(values).boxed().toList(), vectors));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    FeaturesState state = in.take(FeaturesState.class);
    if (state.values().size() != values.length
        || state.uncoalesced().size() != uncoalesced.length) {
      throw new StateException("the saved NVMe controller has other features");
    }
    for (int id = 0; id < values.length; id++) {
      values[id] = exists(id) && id != QUEUES ? state.values().get(id) & mask(id) : initial(id);
    }
    for (int vector = 0; vector < uncoalesced.length; vector++) {
      uncoalesced[vector] = state.uncoalesced().get(vector) != 0;
    }
  }

  private int initial(int id) {
    return switch (id) {
      case TEMPERATURE -> TEMPERATURE_DEFAULT;
      case WRITE_CACHE -> volatileCache ? 1 : 0;
      case QUEUES -> (queueCount - 1) << 16 | (queueCount - 1);
      default -> 0;
    };
  }

  /** What the completion of the last command carries. */
  int result() {
    return result;
  }

  /** Set Features; a {@link NvmeStatus}. */
  int set(NvmeCommand command) {
    int id = command.word(10) & 0xff;
    int value = command.word(11);
    result = 0;
    if (!exists(id)) {
      return NvmeStatus.INVALID_FIELD;
    }
    if ((command.word(10) & SAVE) != 0) {
      return NvmeStatus.NOT_SAVEABLE;
    }
    switch (id) {
      case POWER -> {
        // One power state, 0, and no workload hints that it would heed.
        if ((value & 0x1f) != 0) {
          return NvmeStatus.INVALID_FIELD;
        }
      }
      case QUEUES -> {
        if ((value & 0xffff) == 0xffff || value >>> 16 == 0xffff) {
          return NvmeStatus.INVALID_FIELD;
        }
        result = values[QUEUES];
      }
      case VECTOR -> {
        int vector = value & 0xffff;
        if (vector >= uncoalesced.length) {
          return NvmeStatus.INVALID_FIELD;
        }
        uncoalesced[vector] = (value & COALESCING_DISABLED) != 0;
      }
      default -> values[id] = value & mask(id);
    }
    return NvmeStatus.SUCCESS;
  }

  /** Get Features; a {@link NvmeStatus}. */
  int get(NvmeCommand command) {
    int id = command.word(10) & 0xff;
    int select = (command.word(10) >>> 8) & 7;
    result = 0;
    if (!exists(id) || select > SELECT_CAPABILITIES) {
      return NvmeStatus.INVALID_FIELD;
    }
    if (select == SELECT_CAPABILITIES) {
      result = id == QUEUES ? 0 : CHANGEABLE;
    } else if (id == VECTOR) {
      int vector = command.word(11) & 0xffff;
      if (vector >= uncoalesced.length) {
        return NvmeStatus.INVALID_FIELD;
      }
      boolean set = select == SELECT_CURRENT && uncoalesced[vector];
      result = vector | (set ? COALESCING_DISABLED : 0);
    } else {
      // What cannot be saved is saved as its default.
      result = select == SELECT_CURRENT ? values[id] : initial(id);
    }
    return NvmeStatus.SUCCESS;
  }

  private boolean exists(int id) {
    return switch (id) {
      case ARBITRATION,
          POWER,
          TEMPERATURE,
          ERROR_RECOVERY,
          QUEUES,
          COALESCING,
          VECTOR,
          ATOMICITY,
          EVENTS ->
          true;
      case WRITE_CACHE -> volatileCache;
      default -> false;
    };
  }

  private static int mask(int id) {
    return switch (id) {
      case WRITE_CACHE, ATOMICITY -> 1;
      case COALESCING, ERROR_RECOVERY -> 0xffff;
      case TEMPERATURE -> 0x3fffff;
      default -> -1;
    };
  }

  /** Whether completed writes may be volatile. */
  boolean writeCache() {
    return (values[WRITE_CACHE] & 1) != 0;
  }

  boolean wantsEvent(int bit) {
    return (values[EVENTS] & 1 << bit) != 0;
  }

  /** How many completions may gather before the guest is interrupted, at least 1. */
  int coalescingThreshold() {
    return (values[COALESCING] & 0xff) + 1;
  }

  /** How long they may wait, in units of 100 µs; 0 for not at all. */
  int coalescingTime() {
    return (values[COALESCING] >>> 8) & 0xff;
  }

  boolean isCoalesced(int vector) {
    return vector < uncoalesced.length && !uncoalesced[vector];
  }
}
