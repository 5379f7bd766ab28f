package org.tenon.hv.pci;

import java.util.Arrays;
import java.util.BitSet;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * MSI-X (PCI local bus specification 3.0, 6.8.2): the capability, and the table and pending bits in
 * a BAR of their own. A message that cannot go out now (masked, or no leave to master the bus) is
 * remembered as pending, once, and goes out when it can.
 */
public final class Msix implements MessageCapability, RegisterBlock {
  /** Most vectors that a table has. */
  public static final int MAX_VECTORS = 2048;

  private static final int ID = 0x11;
  private static final int LENGTH = 12;
  private static final int ENABLE = 1 << 31;
  private static final int FUNCTION_MASK = 1 << 30;
  private static final int ENTRY_WORDS = 4;
  private static final int ENTRY_BYTES = 4 * ENTRY_WORDS;
  private static final int ADDRESS_LOW = 0;
  private static final int ADDRESS_HIGH = 1;
  private static final int DATA = 2;
  private static final int CONTROL = 3;
  private static final int MASKED = 1;

  private final int vectors;
  private final int barIndex;
  private final int pendingAt;
  private final BusMaster master;
  private final int[] table;
  private final BitSet pending;
  private int control;

  /**
   * After reset: disabled, every vector masked.
   *
   * @param vectors 1 to {@link #MAX_VECTORS}
   * @param barIndex the BAR that is given to the table; see {@link #bar}
   * @param master the function's leave to send
   */
  public Msix(int vectors, int barIndex, BusMaster master) {
    if (vectors < 1 || vectors > MAX_VECTORS) {
      throw new IllegalArgumentException("MSI-X with " + vectors + " vectors");
    }
    this.vectors = vectors;
    this.barIndex = barIndex;
    this.master = master;
    // A page for each, so that a guest may give one to a driver of its own without the other.
    pendingAt = Math.max(4096, Integer.highestOneBit(2 * vectors * ENTRY_BYTES - 1));
    table = new int[ENTRY_WORDS * vectors];
    pending = new BitSet(vectors);
    reset();
    master.onEnabled(this::flush);
  }

  @Override
  public void reset() {
    control = 0;
    pending.clear();
    Arrays.fill(table, 0);
    for (int vector = 0; vector < vectors; vector++) {
      table[ENTRY_WORDS * vector + CONTROL] = MASKED;
    }
  }

  /** The BAR that holds table and pending bits. */
  public Bar bar() {
    return new Bar(barIndex, Bar.Kind.MEMORY32, 2L * pendingAt, RegisterWidth.DWORD, this);
  }

  /** How many vectors there are. */
  public int vectors() {
    return vectors;
  }

  @Override
  public boolean isEnabled() {
    return (control & ENABLE) != 0;
  }

  @Override
  public void signal(int vector) {
    if (!isEnabled() || vector < 0 || vector >= vectors) {
      return;
    }
    if (isBlocked(vector)) {
      pending.set(vector);
    } else {
      send(vector);
    }
  }

  private boolean isBlocked(int vector) {
    return (control & FUNCTION_MASK) != 0
        || (table[ENTRY_WORDS * vector + CONTROL] & MASKED) != 0
        || !master.isEnabled();
  }

  private void send(int vector) {
    int entry = ENTRY_WORDS * vector;
    long low = Integer.toUnsignedLong(table[entry + ADDRESS_LOW]);
    master.send((long) table[entry + ADDRESS_HIGH] << 32 | low, table[entry + DATA]);
  }

  /** Sends what is pending and no longer blocked. */
  private void flush() {
    if (!isEnabled()) {
      return;
    }
    for (int at = pending.nextSetBit(0); at >= 0; at = pending.nextSetBit(at + 1)) {
      if (!isBlocked(at)) {
        pending.clear(at);
        send(at);
      }
    }
  }

  @Override
  public void save(StateWriter out) {
    out.put(
        new MsixState(
            control, Arrays.stream(table).boxed().toList(), pending.stream().boxed().toList()));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    MsixState state = in.take(MsixState.class);
    if (state.table().size() != table.length) {
      throw new StateException(
          "the saved function has %d MSI-X vectors, this one %d"
              .formatted(state.table().size() / ENTRY_WORDS, vectors));
    }
    control = state.control();
    for (int word = 0; word < table.length; word++) {
      table[word] = state.table().get(word) & writable(word);
    }
    pending.clear();
    state.pending().forEach(pending::set);
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public int length() {
    return LENGTH;
  }

  @Override
  public int read(int register) {
    return switch (register) {
      case 0 -> control | (vectors - 1) << 16;
      case 4 -> barIndex;
      default -> pendingAt | barIndex;
    };
  }

  @Override
  public void write(int register, int value, int lanes) {
    if (register == 0) {
      control = Registers.merge(control, value, lanes, ENABLE | FUNCTION_MASK);
      flush();
    }
  }

  @Override
  public long read(int offset, int size) {
    if (offset < ENTRY_BYTES * vectors) {
      return table[offset / 4];
    }
    int first = (offset - pendingAt) * 8;
    if (first < 0 || first >= vectors) {
      return 0;
    }
    int bits = 0;
    for (int i = 0; i < 32; i++) {
      bits |= pending.get(first + i) ? 1 << i : 0;
    }
    return bits;
  }

  @Override
  public void write(int offset, int size, long value) {
    if (offset >= ENTRY_BYTES * vectors) {
      return;
    }
    int word = offset / 4;
    table[word] = (int) value & writable(word);
    flush();
  }

  private static int writable(int word) {
    return switch (word % ENTRY_WORDS) {
      case ADDRESS_LOW -> ~3;
      case CONTROL -> MASKED;
      default -> -1;
    };
  }
}
