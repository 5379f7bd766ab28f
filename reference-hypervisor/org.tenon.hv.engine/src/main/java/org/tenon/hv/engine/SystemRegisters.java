package org.tenon.hv.engine;

/**
 * Segment, descriptor-table and control registers.
 *
 * @param cr8 the task priority
 * @param efer IA32_EFER
 * @param xcr0 the extended state that XSETBV enabled
 */
public record SystemRegisters(
    Segment es,
    Segment cs,
    Segment ss,
    Segment ds,
    Segment fs,
    Segment gs,
    Segment ldt,
    Segment tr,
    DescriptorTable gdt,
    DescriptorTable idt,
    long cr0,
    long cr2,
    long cr3,
    long cr4,
    int cr8,
    long efer,
    long xcr0) {

  /** The state after power-on and INIT: real mode at F000:FFF0 (Intel SDM vol. 3, table 9-1). */
  public static SystemRegisters reset() {
    Segment data = Segment.realData(0);
    DescriptorTable table = new DescriptorTable(0, 0xffff);
    Segment cs = new Segment(0xf000, 0xffff0000L, 0xffff, 0x9b);
    return new SystemRegisters(
        data,
        cs,
        data,
        data,
        data,
        data,
        Segment.emptyLdt(),
        Segment.busyTss(0, 0, 0xffff),
        table,
        table,
        0x60000010L,
        0,
        0,
        0,
        0,
        0,
        1);
  }

  /** These registers with another code segment. */
  public SystemRegisters withCs(Segment value) {
    return new SystemRegisters(
        es, value, ss, ds, fs, gs, ldt, tr, gdt, idt, cr0, cr2, cr3, cr4, cr8, efer, xcr0);
  }

  /** These registers with all data segments and the stack segment replaced. */
  public SystemRegisters withData(Segment value) {
    return new SystemRegisters(
        value, cs, value, value, value, value, ldt, tr, gdt, idt, cr0, cr2, cr3, cr4, cr8, efer,
        xcr0);
  }

  /** These registers with other descriptor tables. */
  public SystemRegisters withTables(DescriptorTable newGdt, DescriptorTable newIdt) {
    return new SystemRegisters(
        es, cs, ss, ds, fs, gs, ldt, tr, newGdt, newIdt, cr0, cr2, cr3, cr4, cr8, efer, xcr0);
  }

  /** These registers with another task register. */
  public SystemRegisters withTr(Segment value) {
    return new SystemRegisters(
        es, cs, ss, ds, fs, gs, ldt, value, gdt, idt, cr0, cr2, cr3, cr4, cr8, efer, xcr0);
  }

  /** These registers with other paging and mode controls. */
  public SystemRegisters withControl(long newCr0, long newCr3, long newCr4, long newEfer) {
    return new SystemRegisters(
        es, cs, ss, ds, fs, gs, ldt, tr, gdt, idt, newCr0, cr2, newCr3, newCr4, cr8, newEfer, xcr0);
  }
}
