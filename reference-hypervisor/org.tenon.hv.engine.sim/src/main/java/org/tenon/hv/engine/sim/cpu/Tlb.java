package org.tenon.hv.engine.sim.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Cached translations for one privilege: direct-mapped, separate for reads, writes and execution.
 * An entry is a pair of longs: the linear page address (or {@link #EMPTY}) and what to add to a
 * linear address to get the host address (for execution, the physical address).
 */
final class Tlb {
  private static final AtomicLong EPOCHS = new AtomicLong();

  static final int ENTRIES = 1024;
  static final long EMPTY = 1; // no page address has this bit

  /** Kind of an entry: survives a CR3 load. */
  static final int GLOBAL = 1;

  /** Kind of an entry: part of a large page. */
  static final int LARGE = 2;

  final long[] read = new long[2 * ENTRIES];
  final long[] write = new long[2 * ENTRIES];
  final long[] execute = new long[2 * ENTRIES];
  private final byte[] kinds = new byte[ENTRIES];
  private boolean used = true;

  /** A number that no other state of this or another TLB has. */
  private long epoch;

  Tlb() {
    flush();
  }

  static int index(long linear) {
    return (int) (linear >>> 12) & (ENTRIES - 1);
  }

  void fill(long[] table, long linear, long bias, int kind) {
    int k = index(linear);
    long page = linear & ~0xfffL;
    if (kinds[k] != kind) {
      // The three tables share the mark: only entries of one kind may stand together.
      flushEntry(k);
    }
    kinds[k] = (byte) kind;
    table[2 * k] = page;
    table[2 * k + 1] = bias;
    used = true;
  }

  private void flushEntry(int k) {
    read[2 * k] = EMPTY;
    write[2 * k] = EMPTY;
    execute[2 * k] = EMPTY;
  }

  /** Changes when a translation is forgotten on purpose; no two TLBs ever share a value. */
  long epoch() {
    return epoch;
  }

  void flush() {
    epoch = EPOCHS.incrementAndGet();
    if (used) {
      Arrays.fill(read, EMPTY);
      Arrays.fill(write, EMPTY);
      Arrays.fill(execute, EMPTY);
      used = false;
    }
  }

  void flushNonGlobal() {
    epoch = EPOCHS.incrementAndGet();
    if (used) {
      for (int k = 0; k < ENTRIES; k++) {
        if ((kinds[k] & GLOBAL) == 0) {
          flushEntry(k);
        }
      }
    }
  }

  /** INVLPG: the page, and whatever may belong to the same large page. */
  void flushPage(long linear) {
    epoch = EPOCHS.incrementAndGet();
    flushEntry(index(linear));
    for (int k = 0; k < ENTRIES; k++) {
      if ((kinds[k] & LARGE) != 0 && inSameLargePage(k, linear)) {
        flushEntry(k);
      }
    }
  }

  private boolean inSameLargePage(int k, long linear) {
    return read[2 * k] >> 30 == linear >> 30
        || write[2 * k] >> 30 == linear >> 30
        || execute[2 * k] >> 30 == linear >> 30;
  }

  /** Drops write entries that lead to a host page. */
  void flushWritesTo(long hostPage) {
    for (int k = 0; k < 2 * ENTRIES; k += 2) {
      if (write[k] != EMPTY && write[k] + write[k + 1] == hostPage) {
        write[k] = EMPTY;
      }
    }
  }
}
