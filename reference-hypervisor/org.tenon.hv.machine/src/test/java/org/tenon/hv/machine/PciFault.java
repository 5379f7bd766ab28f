package org.tenon.hv.machine;

import java.util.HashMap;
import java.util.Map;
import org.tenon.hv.engine.VcpuExit.Reason;

/**
 * A fault in one PCI function of bus 0: of its configuration space by ports, or of the registers in
 * its BAR 0, whose address it learns from what the guest reads.
 */
class PciFault implements Fault {
  private final int device;
  private int selected;
  private final Map<Integer, Long> bars = new HashMap<>();

  PciFault(int device) {
    this.device = device;
  }

  /** What the guest reads at a register instead of what is there. */
  long config(int register, int size, long value) {
    return value;
  }

  /** Whether a write of configuration space is lost. */
  boolean losesConfig(int register, int size, long value) {
    return false;
  }

  /** What the guest reads at an offset into BAR 0. */
  long bar(long offset, int size, long value) {
    return value;
  }

  /** Takes note of a write to BAR 0. */
  void writesBar(long offset, long value) {}

  @Override
  public final long read(Reason reason, long address, int size, long value) {
    if (reason == Reason.PORT_READ && isConfig(address)) {
      int register = selected & 0xfc | (int) address & 3;
      long answer = config(register, size, value);
      if (register == 0x10 || register == 0x14) {
        bars.put(register, answer);
      }
      return answer;
    }
    long base = base();
    boolean inside = base != 0 && address >= base && address < base + 0x4000;
    return reason == Reason.MMIO_READ && inside ? bar(address - base, size, value) : value;
  }

  @Override
  public final boolean loses(Reason reason, long address, int size, long value) {
    if (reason == Reason.PORT_WRITE && address == 0xcf8 && size == 4) {
      selected = (int) value;
    }
    long base = base();
    if (reason == Reason.MMIO_WRITE && base != 0 && address >= base && address < base + 0x4000) {
      writesBar(address - base, value);
    }
    return reason == Reason.PORT_WRITE
        && isConfig(address)
        && losesConfig(selected & 0xfc | (int) address & 3, size, value);
  }

  private boolean isConfig(long address) {
    return address >= 0xcfc && address <= 0xcff && (selected >>> 8 & 0xffff) == device << 3;
  }

  private long base() {
    return bars.getOrDefault(0x14, 0L) << 32 | bars.getOrDefault(0x10, 0L) & 0xfffffff0L;
  }
}
