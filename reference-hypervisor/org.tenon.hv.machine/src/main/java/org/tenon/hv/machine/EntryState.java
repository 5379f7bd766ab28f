package org.tenon.hv.machine;

import java.util.TreeMap;
import org.tenon.hv.engine.DescriptorTable;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuState;
import org.tenon.hv.platform.boot.BootEntry;

/** Turns what a boot protocol asks for into a vCPU's state. */
final class EntryState {
  private static final long CR0_PROTECTED = 0x11;
  private static final long CR0_PAGING = 1L << 31;
  private static final long CR4_PAE = 1 << 5;
  private static final long EFER_LONG = 0x500;
  private static final int RBX = 3;
  private static final int RSI = 6;

  private static final int MTRR_DEFAULT_TYPE = 0x2ff;
  private static final long MTRR_ENABLED_WRITE_BACK = 0x806;

  private EntryState() {}

  /** The bootstrap processor's state at the kernel's entry point. */
  static VcpuState of(BootEntry entry, VcpuState powerOn) {
    boolean wide = entry.mode() == BootEntry.Mode.LONG;
    Segment code = wide ? Segment.code64(BootEntry.CODE) : Segment.code32(BootEntry.CODE);
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(code)
            .withData(Segment.data32(BootEntry.DATA))
            .withTables(
                new DescriptorTable(entry.gdt(), entry.gdtLimit()), new DescriptorTable(0, 0))
            .withControl(
                wide ? CR0_PROTECTED | CR0_PAGING : CR0_PROTECTED,
                entry.pageTables(),
                wide ? CR4_PAE : 0,
                wide ? EFER_LONG : 0);
    Registers registers =
        Registers.ZERO
            .with(0, entry.rax())
            .with(RBX, entry.rbx())
            .with(RSI, entry.rsi())
            .withRip(entry.entry());
    return withMemoryTypes(powerOn).with(registers).with(system);
  }

  /**
   * What firmware leaves in the memory type registers: write-back by default. Devices are not RAM
   * and need no type.
   */
  static VcpuState withMemoryTypes(VcpuState state) {
    TreeMap<Integer, Long> msrs = new TreeMap<>(state.msrs());
    if (msrs.containsKey(MTRR_DEFAULT_TYPE)) {
      msrs.put(MTRR_DEFAULT_TYPE, MTRR_ENABLED_WRITE_BACK);
    }
    return new VcpuState(
        state.version(),
        state.registers(),
        state.system(),
        state.debug(),
        state.fpu(),
        msrs,
        state.events(),
        state.retired(),
        state.tsc());
  }
}
