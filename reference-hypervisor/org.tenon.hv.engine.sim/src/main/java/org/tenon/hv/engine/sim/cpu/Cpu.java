package org.tenon.hv.engine.sim.cpu;

import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.fpu.Float80;
import org.tenon.hv.engine.sim.fpu.X87;
import org.tenon.hv.engine.sim.simd.FloatUnit;
import org.tenon.hv.engine.sim.simd.Vector;

/**
 * One processor's registers and the parts that act on them. Fields that instructions use all the
 * time are public; the rest is reached through the parts. Belongs to the thread that runs it.
 */
public final class Cpu {
  public static final long CR0_PE = 1;
  public static final long CR0_MP = 2;
  public static final long CR0_EM = 4;
  public static final long CR0_TS = 8;
  public static final long CR0_ET = 0x10;
  public static final long CR0_NE = 0x20;
  public static final long CR0_WP = 0x10000;
  public static final long CR0_AM = 0x40000;
  public static final long CR0_PG = 0x80000000L;
  public static final long CR4_TSD = 4;
  public static final long CR4_DE = 8;
  public static final long CR4_PSE = 0x10;
  public static final long CR4_PAE = 0x20;
  public static final long CR4_PGE = 0x80;
  public static final long CR4_PCE = 0x100;
  public static final long CR4_OSFXSR = 0x200;
  public static final long CR4_UMIP = 0x800;
  public static final long CR4_FSGSBASE = 0x10000;
  public static final long CR4_OSXSAVE = 0x40000;
  public static final long CR4_SMEP = 0x100000;
  public static final long CR4_SMAP = 0x200000;
  public static final long EFER_SCE = 1;
  public static final long EFER_LME = 0x100;
  public static final long EFER_LMA = 0x400;
  public static final long EFER_NXE = 0x800;
  public static final long EFER_FFXSR = 0x4000;

  public static final int RAX = 0;
  public static final int RCX = 1;
  public static final int RDX = 2;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RBP = 5;
  public static final int RSI = 6;
  public static final int RDI = 7;

  /** General registers; {@link Insn#NO_REGISTER} always holds zero. */
  public final long[] r = new long[Insn.NO_REGISTER + 1];

  /**
   * Address of the next instruction to execute, within CS; current between blocks and after control
   * transfers.
   */
  public long rip;

  public final Flags flags = new Flags();
  public final Segments segments = new Segments(this);
  public final X87 fpu = new X87();
  public final Float80 fpuUnit = new Float80();

  /** XMM registers, low and high half in turn. */
  public final long[] xmm = new long[32];

  public int mxcsr = 0x1f80;

  /** Scratch of one instruction: first and second operand of a packed operation. */
  public final Vector vectorA = new Vector();

  public final Vector vectorB = new Vector();

  public final FloatUnit sse = new FloatUnit();

  public long cr0;
  public long cr2;
  public long cr3;
  public long cr4;
  public int cr8;
  public long efer;
  public long xcr0 = 1;
  public final long[] dr = new long[8];
  public long gdtBase;
  public int gdtLimit;
  public long idtBase;
  public int idtLimit;

  /** Instructions retired before the block under way. */
  public long retired;

  /**
   * {@link #retired} at the boundary where interrupts are held back by STI, MOV SS or POP SS; -1 if
   * nowhere.
   */
  public long shadowAt = -1;

  /**
   * Set when the block under way must not go on: its code may have been overwritten, or a REP has
   * stopped half-way.
   */
  public boolean leaveBlock;

  /** Which instruction of a compiled region is under way; set where it may fault. */
  public int position;

  /** Whether the shadow is that of MOV SS or POP SS, which holds debug exceptions back too. */
  private boolean stackShadow;

  /** Whether the last instruction is a string instruction that will be executed again. */
  boolean repeated;

  /**
   * Set while compiled code executes that holds registers of its own: a store to translated code
   * must throw {@link CodeOverwritten} before it changes anything.
   */
  public boolean inRegion;

  /** Set by a string instruction that has stopped half-way. */
  public boolean repeatAgain;

  /** Set by HLT. */
  public boolean halted;

  /** Set by CR8 writes. */
  public boolean taskPriorityChanged;

  public final int apicId;
  public final CpuidTable cpuid;
  public final DeviceAccess devices = new DeviceAccess(this);
  public final Mmu mmu;
  public final Msrs msrs;
  public final SegmentLoader loader = new SegmentLoader(this);
  public final Debug debug = new Debug(this);
  public final Interrupts interrupts = new Interrupts(this);
  final TaskSegment task = new TaskSegment(this);
  final TaskSwitch taskSwitch = new TaskSwitch(this);
  final CallGates gates = new CallGates(this);
  public final FarTransfers far = new FarTransfers(this);
  public final ControlRegisters control = new ControlRegisters(this);
  public final Clock clock;

  private final GuestFault fault = new GuestFault();
  private boolean nonCanonical;
  private int cpl;
  private int codeSize = 2;

  public Cpu(int apicId, CpuidTable cpuid, PhysicalMemory memory, int ticksPerInstruction) {
    this.apicId = apicId;
    this.cpuid = cpuid;
    this.clock = new Clock(this, ticksPerInstruction);
    this.mmu = new Mmu(this, memory);
    this.msrs = new Msrs(this);
  }

  /** Prepares an exception to be thrown: {@code throw cpu.fault(GP, 0)}. */
  public GuestFault fault(int vector, int errorCode) {
    nonCanonical = false;
    return fault.set(vector, errorCode);
  }

  GuestFault nonCanonical() {
    fault.set(GuestFault.GP, 0);
    nonCanonical = true;
    return fault;
  }

  /**
   * An address that is not canonical raises #SS instead of #GP if it was the stack's: the
   * instruction knows.
   */
  public GuestFault refine(GuestFault raised, Insn insn) {
    if (nonCanonical && insn.segment == Insn.SS) {
      nonCanonical = false;
      return fault.set(GuestFault.SS, 0);
    }
    return raised;
  }

  public int cpl() {
    return cpl;
  }

  void setCpl(int value) {
    cpl = value;
    mmu.select();
  }

  /** Whether segments have descriptors: protected mode and not virtual-8086 mode. */
  public boolean protectedMode() {
    return (cr0 & CR0_PE) != 0 && !flags.has(Flags.VM);
  }

  /** Whether 8086 code runs as a task of protected mode. */
  public boolean virtual8086() {
    return (cr0 & CR0_PE) != 0 && flags.has(Flags.VM);
  }

  public boolean longMode() {
    return (efer & EFER_LMA) != 0;
  }

  boolean paging() {
    return (cr0 & CR0_PG) != 0;
  }

  boolean nxe() {
    return (efer & EFER_NXE) != 0;
  }

  boolean alignmentMask() {
    return (cr0 & CR0_AM) != 0;
  }

  boolean smap() {
    return (cr4 & CR4_SMAP) != 0;
  }

  boolean globalPages() {
    return (cr4 & CR4_PGE) != 0;
  }

  /** Whether the code being executed is 64-bit. */
  public boolean code64() {
    return codeSize == 8;
  }

  /** Default operand and address size of the code: 2, 4 or 8 bytes. */
  public int codeSize() {
    return codeSize;
  }

  /** Recomputes what derives from mode, CS and flags; called after any of them changed. */
  public void updateMode() {
    int cs = segments.attributes[Insn.CS];
    codeSize = longMode() && (cs & Segments.LONG) != 0 ? 8 : (cs & Segments.BIG) != 0 ? 4 : 2;
    segments.updateFlat();
    mmu.select();
  }

  /** Size of pushes and pops of the stack pointer itself: 8, 4 or 2. */
  public int stackSize() {
    return codeSize == 8 ? 8 : (segments.attributes[Insn.SS] & Segments.BIG) != 0 ? 4 : 2;
  }

  /** Truncates a linear address as the mode does. */
  public long wrapLinear(long linear) {
    return codeSize == 8 ? linear : linear & 0xffffffffL;
  }

  /** RFLAGS as instructions see them. */
  public long rflags() {
    return flags.get();
  }

  /** Sets RFLAGS and what depends on them. */
  public void setRflags(long value) {
    flags.set(value);
    mmu.select();
  }

  /** Offset of the memory operand. */
  public long offset(Insn i) {
    return r[i.base] + (r[i.index] << i.scale) + i.disp & i.addressMask;
  }

  /** Linear address of the memory operand. */
  public long linear(Insn i, int size, boolean write) {
    long offset = offset(i);
    return codeSize == 8
        ? segments.flat[i.segment] + offset
        : segments.checked(i.segment, offset, size, write);
  }

  /** Linear address in a segment. */
  public long linear(int segment, long offset, int size, boolean write) {
    return codeSize == 8
        ? segments.flat[segment] + offset
        : segments.checked(segment, offset, size, write);
  }

  /** Loads the memory operand. */
  public long load(Insn i, int size) {
    return mmu.load(linear(i, size, false), size);
  }

  /** Stores to the memory operand. */
  public void store(Insn i, int size, long value) {
    mmu.store(linear(i, size, true), size, value);
  }

  /** Reads a general register, zero-extended. */
  public long register(int number, int size) {
    return switch (size) {
      case 8 -> r[number];
      case 4 -> r[number] & 0xffffffffL;
      case 2 -> r[number] & 0xffffL;
      default ->
          number >= Insn.HIGH_BYTE ? r[number - Insn.HIGH_BYTE] >>> 8 & 0xff : r[number] & 0xff;
    };
  }

  /** Writes a general register; 32-bit writes clear the upper half, shorter ones leave the rest. */
  public void setRegister(int number, int size, long value) {
    switch (size) {
      case 8 -> r[number] = value;
      case 4 -> r[number] = value & 0xffffffffL;
      case 2 -> r[number] = (r[number] & ~0xffffL) | (value & 0xffff);
      default -> {
        if (number >= Insn.HIGH_BYTE) {
          int n = number - Insn.HIGH_BYTE;
          r[n] = (r[n] & ~0xff00L) | (value & 0xff) << 8;
        } else {
          r[number] = (r[number] & ~0xffL) | (value & 0xff);
        }
      }
    }
  }

  /** First operand, to be read only. */
  public long dst(Insn i) {
    return i.dst >= 0 ? register(i.dst, i.size) : i.dst == Insn.MEMORY ? load(i, i.size) : i.imm;
  }

  /** First operand, to be written back: memory faults as a write does. */
  public long dstForWrite(Insn i) {
    return i.dst >= 0 ? register(i.dst, i.size) : mmu.loadForWrite(linear(i, i.size, true), i.size);
  }

  /** Second operand. */
  public long src(Insn i) {
    return i.src >= 0
        ? register(i.src, i.sourceSize)
        : i.src == Insn.IMMEDIATE ? i.imm : load(i, i.sourceSize);
  }

  /** Writes the first operand. */
  public void setDst(Insn i, long value) {
    if (i.dst >= 0) {
      setRegister(i.dst, i.size, value);
    } else {
      store(i, i.size, value);
    }
  }

  /** RSP truncated to the stack's size. */
  public long stackPointer() {
    return switch (stackSize()) {
      case 8 -> r[RSP];
      case 4 -> r[RSP] & 0xffffffffL;
      default -> r[RSP] & 0xffffL;
    };
  }

  /** Writes RSP in the stack's size. */
  public void setStackPointer(long value) {
    switch (stackSize()) {
      case 8 -> r[RSP] = value;
      case 4 -> r[RSP] = value & 0xffffffffL;
      default -> r[RSP] = (r[RSP] & ~0xffffL) | (value & 0xffff);
    }
  }

  /** Linear address of a stack slot at an offset from the stack pointer. */
  public long stackAddress(long delta, int size, boolean write) {
    long sp = stackPointer() + delta;
    return switch (stackSize()) {
      case 8 -> sp;
      case 4 -> segments.checked(Insn.SS, sp & 0xffffffffL, size, write);
      default -> segments.checked(Insn.SS, sp & 0xffffL, size, write);
    };
  }

  /** PUSH of 2, 4 or 8 bytes. */
  public void push(int size, long value) {
    mmu.store(stackAddress(-size, size, true), size, value);
    setStackPointer(stackPointer() - size);
  }

  /** Reads the stack without popping. */
  public long peek(long delta, int size) {
    return mmu.load(stackAddress(delta, size, false), size);
  }

  /** POP of 2, 4 or 8 bytes. */
  public long pop(int size) {
    long value = peek(0, size);
    setStackPointer(stackPointer() + size);
    return value;
  }

  /** STI: holds interrupts back until the instruction after this one has retired. */
  public void shadowNext(Insn i) {
    shadowAt = retired + i.position + 1;
    stackShadow = false;
  }

  /** MOV SS and POP SS: the same, and debug exceptions too. */
  public void stackShadowNext(Insn i) {
    shadowNext(i);
    stackShadow = true;
  }

  /** Whether debug exceptions are held back at this boundary. */
  boolean stackShadowed() {
    return stackShadow && shadowed();
  }

  /** Whether interrupts are held back at this boundary. */
  public boolean shadowed() {
    return shadowAt == retired;
  }

  /** A string instruction has done a part of its work and is to be executed again. */
  public void repeatLater() {
    repeatAgain = true;
    leaveBlock = true;
  }

  /**
   * Compiled code leaves a block behind a handler: after {@code done} instructions, the last of
   * which lies at {@code last}.
   */
  public void leave(int done, long last) {
    retired += done;
    if (takeRepeat()) {
      rip = last;
    }
  }

  /** Whether the last instruction is to be executed again; asked once. */
  public boolean takeRepeat() {
    boolean again = repeatAgain;
    repeatAgain = false;
    repeated = again;
    return again;
  }

  /** The I/O privilege level of RFLAGS. */
  public int iopl() {
    return flags.system >> 12 & 3;
  }

  /** Virtual-8086 mode: #GP(0) for instructions that a monitor handles unless IOPL is 3. */
  public void requireVirtual8086Privilege() {
    if (virtual8086() && iopl() != 3) {
      throw fault(GuestFault.GP, 0);
    }
  }

  /** #GP(0) unless at privilege 0. */
  public void requirePrivilege() {
    if (cpl != 0) {
      throw fault(GuestFault.GP, 0);
    }
  }
}
