package org.tenon.hv.platform;

import org.tenon.hv.bus.RegisterBlock;

/**
 * The reset control register at port 0CF9H: bit 2 going from 0 to 1 resets the machine, bit 1 says
 * hard or soft.
 */
public final class ResetControl implements RegisterBlock {
  /** What the FADT tells guests to write. */
  public static final int HARD_RESET = 0x06;

  private static final int RESET_CPU = 1 << 2;

  private final PowerControl power;
  private int value;

  /** After power-on. */
  public ResetControl(PowerControl power) {
    this.power = power;
  }

  /** To the state after power-on. */
  public void reset() {
    value = 0;
  }

  @Override
  public long read(int offset, int size) {
    return value;
  }

  @Override
  public void write(int offset, int size, long written) {
    int before = value;
    value = (int) written & 0x0e;
    if ((value & ~before & RESET_CPU) != 0) {
      power.reset("cf9");
    }
  }

  /** The register, for a save. */
  public int save() {
    return value;
  }

  /** Takes up a saved register. */
  public void restore(int saved) {
    value = saved & 0x0e;
  }
}
