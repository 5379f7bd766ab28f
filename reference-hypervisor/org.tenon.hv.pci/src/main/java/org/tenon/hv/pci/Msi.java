package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * MSI (PCI local bus specification 3.0, 6.8.1), with 64-bit addresses and a mask for each vector. A
 * message that cannot go out now (masked, or no leave to master the bus) is remembered as pending,
 * once, and goes out when it can.
 */
public final class Msi implements MessageCapability {
  /** Most vectors that a function has. */
  public static final int MAX_VECTORS = 32;

  private static final int ID = 0x05;
  private static final int LENGTH = 24;
  private static final int ENABLE = 1 << 16;
  private static final int MULTIPLE_ENABLE_SHIFT = 20;
  private static final int MULTIPLE_ENABLE = 7 << MULTIPLE_ENABLE_SHIFT;
  private static final int MULTIPLE_CAPABLE_SHIFT = 17;
  private static final int WIDE_ADDRESS = 1 << 23;
  private static final int MASKING = 1 << 24;

  private final int vectors;
  private final BusMaster master;
  private int control;
  private int addressLow;
  private int addressHigh;
  private int data;
  private int mask;
  private int pending;

  /**
   * After reset: disabled.
   *
   * @param vectors a power of two, 1 to {@link #MAX_VECTORS}
   * @param master the function's leave to send
   */
  public Msi(int vectors, BusMaster master) {
    if (Integer.bitCount(vectors) != 1 || vectors < 1 || vectors > MAX_VECTORS) {
      throw new IllegalArgumentException("MSI with " + vectors + " vectors");
    }
    this.vectors = vectors;
    this.master = master;
    master.onEnabled(this::flush);
  }

  @Override
  public boolean isEnabled() {
    return (control & ENABLE) != 0;
  }

  /** A guest may have allocated fewer vectors than there are, which then share. */
  @Override
  public void signal(int vector) {
    if (!isEnabled() || vector < 0) {
      return;
    }
    int shared = vector & (allocated() - 1);
    if (isBlocked(shared)) {
      pending |= 1 << shared;
    } else {
      send(shared);
    }
  }

  private int allocated() {
    return Math.min(1 << ((control & MULTIPLE_ENABLE) >>> MULTIPLE_ENABLE_SHIFT), vectors);
  }

  private boolean isBlocked(int vector) {
    return (mask >>> vector & 1) != 0 || !master.isEnabled();
  }

  /** The function fills in the low bits of the data (6.8.1.6). */
  private void send(int vector) {
    long address = (long) addressHigh << 32 | Integer.toUnsignedLong(addressLow);
    master.send(address, data & -allocated() | vector);
  }

  /** Sends what is pending and no longer blocked. */
  private void flush() {
    for (int vector = 0; isEnabled() && vector < vectors; vector++) {
      if ((pending >>> vector & 1) != 0 && !isBlocked(vector)) {
        pending &= ~(1 << vector);
        send(vector);
      }
    }
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
      case 0 ->
          control
              | Integer.numberOfTrailingZeros(vectors) << MULTIPLE_CAPABLE_SHIFT
              | WIDE_ADDRESS
              | MASKING;
      case 4 -> addressLow;
      case 8 -> addressHigh;
      case 12 -> data;
      case 16 -> mask;
      default -> pending;
    };
  }

  @Override
  public void write(int register, int value, int lanes) {
    int all = (int) ((1L << vectors) - 1);
    switch (register) {
      case 0 -> control = Registers.merge(control, value, lanes, ENABLE | MULTIPLE_ENABLE);
      case 4 -> addressLow = Registers.merge(addressLow, value, lanes, ~3);
      case 8 -> addressHigh = Registers.merge(addressHigh, value, lanes, -1);
      case 12 -> data = Registers.merge(data, value, lanes, 0xffff);
      case 16 -> mask = Registers.merge(mask, value, lanes, all);
      default -> {}
    }
    flush();
  }

  @Override
  public void reset() {
    control = 0;
    addressLow = 0;
    addressHigh = 0;
    data = 0;
    mask = 0;
    pending = 0;
  }

  @Override
  public void save(StateWriter out) {
    out.put(new MsiState(control, addressLow, addressHigh, data, mask, pending));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    MsiState state = in.take(MsiState.class);
    int all = (int) ((1L << vectors) - 1);
    control = state.control();
    addressLow = state.addressLow();
    addressHigh = state.addressHigh();
    data = state.data();
    mask = state.mask() & all;
    pending = state.pending() & all;
  }
}
