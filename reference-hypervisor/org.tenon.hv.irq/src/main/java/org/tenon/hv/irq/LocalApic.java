// large on purpose: one register file, whose registers act on one another
package org.tenon.hv.irq;

import java.util.Arrays;
import java.util.List;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.Ticks;

/**
 * One processor's local APIC (Intel SDM vol. 3, chapter 11), as memory-mapped xAPIC and, once the
 * guest switches over, through x2APIC MSRs. The memory-mapped registers are 32 bits wide at
 * multiples of 16.
 */
public final class LocalApic implements RegisterBlock {
  /** IA32_APIC_BASE. */
  public static final int MSR_APIC_BASE = 0x1b;

  /** IA32_TSC_DEADLINE. */
  public static final int MSR_TSC_DEADLINE = 0x6e0;

  /** The first x2APIC MSR; there are 64. */
  public static final int MSR_X2APIC = 0x800;

  /** Where the registers lie until the guest moves them. */
  public static final long DEFAULT_BASE = 0xfee00000L;

  private static final long BASE_BSP = 1 << 8;
  private static final long BASE_X2APIC = 1 << 10;
  private static final long BASE_ENABLE = 1 << 11;
  private static final long BASE_ADDRESS = 0xf_ffff_ffff_f000L;
  private static final long BASE_RESERVED = ~(BASE_ADDRESS | BASE_BSP | BASE_X2APIC | BASE_ENABLE);

  private static final int VERSION = 0x14 | 6 << 16;
  private static final int SVR_ENABLE = 1 << 8;
  private static final int LVT_MASKED = 1 << 16;
  private static final int VIRTUAL_WIRE = 7 << 8;

  /** Positions in the local vector table. */
  private static final int LVT_CMCI = 0;

  private static final int LVT_TIMER = 1;
  private static final int LVT_LINT0 = 4;
  private static final int LVT_LINT1 = 5;
  private static final int LVT_ERROR = 6;
  private static final int LVT_COUNT = 7;

  /** Bits that each LVT entry keeps, in the same order. */
  private static final int[] LVT_WRITABLE = {
    0x107ff, 0x700ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff
  };

  private static final int ERROR_SEND_VECTOR = 1 << 5;
  private static final int ERROR_RECEIVE_VECTOR = 1 << 6;
  private static final int ERROR_REGISTER = 1 << 7;

  private final int initialId;
  private final boolean bootstrap;
  private final ApicBus bus;
  private final ProcessorSignals signals;
  private final ExternalInterrupts external;
  private final ApicTimer timer;

  private final VectorSet irr = new VectorSet();
  private final VectorSet isr = new VectorSet();
  private final VectorSet tmr = new VectorSet();
  private final int[] lvt = new int[LVT_COUNT];
  private long base;
  private int id;
  private int tpr;
  private int ldr;
  private int dfr;
  private int svr;
  private int errors;
  private int errorsPending;
  private int icrLow;
  private int icrHigh;
  private int lines;
  private boolean externalRequested;

  /** The 8259 pair as the APIC's interrupt-acknowledge cycle sees it. */
  public interface ExternalInterrupts {
    /** Ends an acknowledge cycle and returns the vector. */
    int acknowledge();
  }

  /**
   * An APIC after power-on, attached to the bus.
   *
   * @param id the initial APIC id
   * @param bootstrap whether its processor starts by itself
   * @param bus carries messages
   * @param external where ExtINT vectors come from
   * @param signals its processor
   * @param clock machine time
   * @param timerTicks the timer's frequency before the divider
   * @param tscTicks the frequency of the time stamp counter
   */
  public LocalApic(
      int id,
      boolean bootstrap,
      ApicBus bus,
      ExternalInterrupts external,
      ProcessorSignals signals,
      Clock clock,
      Ticks timerTicks,
      Ticks tscTicks) {
    initialId = id;
    this.bootstrap = bootstrap;
    this.bus = bus;
    this.external = external;
    this.signals = signals;
    timer = new ApicTimer("lapic" + id, clock, timerTicks, tscTicks, () -> deliverLocal(LVT_TIMER));
    reset();
    bus.attach(this);
  }

  /**
   * To the state after power-on. There is no firmware to put the bootstrap processor into virtual
   * wire mode, where LINT0 passes the 8259 pair's interrupts, so it begins in it.
   */
  public void reset() {
    base = DEFAULT_BASE | BASE_ENABLE | (bootstrap ? BASE_BSP : 0);
    id = initialId;
    init();
    if (bootstrap) {
      lvt[LVT_LINT0] = VIRTUAL_WIRE;
    }
  }

  /** To the state after INIT, which keeps the id and IA32_APIC_BASE. */
  public void init() {
    irr.clear();
    isr.clear();
    tmr.clear();
    for (int i = 0; i < LVT_COUNT; i++) {
      lvt[i] = LVT_MASKED;
    }
    tpr = 0;
    ldr = 0;
    dfr = -1;
    svr = 0xff;
    errors = 0;
    errorsPending = 0;
    icrLow = 0;
    icrHigh = 0;
    externalRequested = false;
    timer.reset();
  }

  /** Whether an unmasked interrupt of sufficient priority waits for the processor. */
  public boolean hasPending() {
    return deliverable() >= 0 || externalPending();
  }

  /**
   * Takes the interrupt that waits: moves it from IRR to ISR, or runs the acknowledge cycle with
   * the 8259 pair.
   *
   * @return the vector
   * @throws IllegalStateException unless {@link #hasPending()}
   */
  public int acknowledge() {
    if (externalPending()) {
      externalRequested = false;
      return external.acknowledge();
    }
    int vector = deliverable();
    if (vector < 0) {
      throw new IllegalStateException("no interrupt is pending");
    }
    irr.remove(vector);
    isr.add(vector);
    return vector;
  }

  /** The highest requested vector that the processor priority lets through, or -1. */
  private int deliverable() {
    if (!isEnabled() || !acceptsInterrupts()) {
      return -1;
    }
    int vector = irr.highest();
    return vector >= 0 && (vector & 0xf0) > (processorPriority() & 0xf0) ? vector : -1;
  }

  private boolean externalPending() {
    if (!isEnabled()) {
      return (lines & 1) != 0;
    }
    int lint0 = lvt[LVT_LINT0];
    boolean wired =
        (lines & 1) != 0
            && (lint0 & LVT_MASKED) == 0
            && DeliveryMode.of(lint0) == DeliveryMode.EXT_INT;
    return wired || externalRequested;
  }

  /** Drives LINT0, where the 8259 pair's output arrives, or LINT1, the NMI pin. */
  public void setLine(int number, boolean asserted) {
    int bit = 1 << number;
    boolean rises = asserted && (lines & bit) == 0;
    lines = asserted ? lines | bit : lines & ~bit;
    if (!rises) {
      return;
    }
    int entry = number == 0 ? LVT_LINT0 : LVT_LINT1;
    if (!isEnabled()) {
      if (number == 0) {
        signals.interrupt();
      } else {
        signals.nmi();
      }
    } else if ((lvt[entry] & LVT_MASKED) == 0) {
      switch (DeliveryMode.of(lvt[entry])) {
        case FIXED -> deliverLocal(entry);
        case NMI -> signals.nmi();
        case EXT_INT -> signals.interrupt();
        default -> {}
      }
    }
  }

  /** The task priority register, 8 bits; CR8 is its upper half. */
  public int taskPriority() {
    return tpr;
  }

  /** Sets the task priority register. */
  public void setTaskPriority(int value) {
    tpr = value & 0xff;
  }

  /** Whether IA32_APIC_BASE enables it. */
  public boolean isEnabled() {
    return (base & BASE_ENABLE) != 0;
  }

  /**
   * Whether the address lies in the memory-mapped registers of this APIC, as its processor sees
   * them now.
   */
  public boolean claims(long address) {
    return (base & (BASE_ENABLE | BASE_X2APIC)) == BASE_ENABLE
        && (address & ~0xfffL) == (base & BASE_ADDRESS);
  }

  private boolean isX2() {
    return (base & BASE_X2APIC) != 0;
  }

  /** Enabled by software too, so that it takes fixed interrupts. */
  boolean acceptsInterrupts() {
    return isEnabled() && (svr & SVR_ENABLE) != 0;
  }

  int processorPriority() {
    int service = Math.max(0, isr.highest()) & 0xf0;
    return (tpr & 0xf0) >= service ? tpr : service;
  }

  boolean isAddressedBy(InterruptMessage message) {
    if (!isEnabled()) {
      return false;
    }
    if (message.isBroadcast()) {
      return true;
    }
    int destination = message.destination();
    if (!message.logical()) {
      return destination == id;
    }
    if (isX2()) {
      int logical = logicalX2();
      return (destination >>> 16) == (logical >>> 16) && (destination & logical & 0xffff) != 0;
    }
    int mine = ldr >>> 24;
    if (dfr >>> 28 == 0xf) {
      return (destination & mine) != 0;
    }
    return (destination >>> 4 & 0xf) == mine >>> 4 && (destination & mine & 0xf) != 0;
  }

  private int logicalX2() {
    return (id >>> 4) << 16 | 1 << (id & 0xf);
  }

  /** Takes a message that is addressed to this APIC. */
  void accept(InterruptMessage message) {
    switch (message.mode()) {
      case FIXED, LOWEST_PRIORITY -> request(message.vector(), message.level());
      case NMI -> signals.nmi();
      case INIT -> signals.init();
      case STARTUP -> signals.startup(message.vector());
      case EXT_INT -> {
        externalRequested = true;
        signals.interrupt();
      }
      case SMI, RESERVED -> {}
    }
  }

  private void request(int vector, boolean level) {
    if (!acceptsInterrupts()) {
      return;
    }
    if (vector < 16) {
      fail(ERROR_RECEIVE_VECTOR);
      return;
    }
    irr.add(vector);
    if (level) {
      tmr.add(vector);
    } else {
      tmr.remove(vector);
    }
    signals.interrupt();
  }

  private void deliverLocal(int entry) {
    if (isEnabled() && (lvt[entry] & LVT_MASKED) == 0) {
      request(lvt[entry] & 0xff, false);
    }
  }

  /** Notes an error; the error interrupt itself never raises a second one. */
  private void fail(int error) {
    errorsPending |= error;
    int entry = lvt[LVT_ERROR];
    if ((entry & LVT_MASKED) == 0 && (entry & 0xff) >= 16) {
      deliverLocal(LVT_ERROR);
    }
  }

  private void endOfInterrupt() {
    int vector = isr.highest();
    if (vector < 0) {
      return;
    }
    isr.remove(vector);
    if (tmr.contains(vector)) {
      bus.endOfInterrupt(vector);
    }
    signals.interrupt();
  }

  @Override
  public long read(int offset, int size) {
    return (offset & 0xf) == 0 ? Integer.toUnsignedLong(readRegister(offset >>> 4)) : 0;
  }

  @Override
  public void write(int offset, int size, long value) {
    if ((offset & 0xf) == 0) {
      writeRegister(offset >>> 4, (int) value);
    }
  }

  /** Reads by register number: the memory-mapped offset divided by 16. */
  private int readRegister(int number) {
    return switch (number) {
      case 0x02 -> isX2() ? id : id << 24;
      case 0x03 -> VERSION;
      case 0x08 -> tpr;
      case 0x09, 0x0a -> processorPriority();
      case 0x0d -> isX2() ? logicalX2() : ldr;
      case 0x0e -> dfr;
      case 0x0f -> svr;
      case 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17 -> isr.register(number & 7);
      case 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f -> tmr.register(number & 7);
      case 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27 -> irr.register(number & 7);
      case 0x28 -> errors;
      case 0x2f -> lvt[LVT_CMCI];
      case 0x30 -> icrLow;
      case 0x31 -> icrHigh;
      case 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 -> lvt[number - 0x31];
      case 0x38 -> timer.initialCount();
      case 0x39 -> timer.currentCount();
      case 0x3e -> timer.divide();
      case 0x0b, 0x0c -> 0;
      default -> {
        fail(ERROR_REGISTER);
        yield 0;
      }
    };
  }

  private void writeRegister(int number, int value) {
    switch (number) {
      case 0x02 -> id = isX2() ? id : value >>> 24;
      case 0x08 -> {
        tpr = value & 0xff;
        signals.interrupt();
      }
      case 0x0b -> endOfInterrupt();
      case 0x0d -> ldr = value & 0xff000000;
      case 0x0e -> dfr = value | 0x0fffffff;
      case 0x0f -> writeSpurious(value);
      case 0x28 -> {
        errors = errorsPending;
        errorsPending = 0;
      }
      case 0x2f -> writeLvt(LVT_CMCI, value);
      case 0x30 -> {
        icrLow = value & 0xccfff;
        sendIpi();
      }
      case 0x31 -> icrHigh = value;
      case 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 -> writeLvt(number - 0x31, value);
      case 0x38 -> timer.setInitialCount(value);
      case 0x3e -> timer.setDivide(value);
      default -> fail(ERROR_REGISTER);
    }
  }

  private void writeSpurious(int value) {
    svr = value & 0x1ff;
    if ((svr & SVR_ENABLE) == 0) {
      for (int i = 0; i < LVT_COUNT; i++) {
        lvt[i] |= LVT_MASKED;
      }
    }
    signals.interrupt();
  }

  private void writeLvt(int entry, int value) {
    int kept = value & LVT_WRITABLE[entry];
    lvt[entry] = (svr & SVR_ENABLE) == 0 ? kept | LVT_MASKED : kept;
    if (entry == LVT_TIMER) {
      timer.setMode(ApicTimer.Mode.of(kept));
    } else if (entry == LVT_LINT0) {
      signals.interrupt();
    }
  }

  private void sendIpi() {
    DeliveryMode mode = DeliveryMode.of(icrLow);
    int vector = icrLow & 0xff;
    boolean deassert = mode == DeliveryMode.INIT && (icrLow & 0xc000) == 0x8000;
    if (deassert || mode == DeliveryMode.EXT_INT) {
      return;
    }
    if ((mode == DeliveryMode.FIXED || mode == DeliveryMode.LOWEST_PRIORITY) && vector < 16) {
      fail(ERROR_SEND_VECTOR);
      return;
    }
    boolean logical = (icrLow & 0x800) != 0;
    int destination = isX2() ? icrHigh : icrHigh >>> 24;
    InterruptMessage message =
        new InterruptMessage(destination, logical, isX2(), mode, vector, false);
    switch ((icrLow >>> 18) & 3) {
      case 0 -> bus.deliver(message);
      case 1 -> accept(message);
      case 2 -> bus.broadcast(this, true, message);
      default -> bus.broadcast(this, false, message);
    }
  }

  /** IA32_APIC_BASE. */
  public long base() {
    return base;
  }

  /**
   * Writes IA32_APIC_BASE (Intel SDM vol. 3, 11.12.5: which modes follow which).
   *
   * @return false where the processor must raise #GP
   */
  public boolean writeBase(long value) {
    boolean enable = (value & BASE_ENABLE) != 0;
    boolean x2 = (value & BASE_X2APIC) != 0;
    boolean leavesX2 = isX2() && enable && !x2;
    boolean skipsX = !isEnabled() && x2;
    if ((value & BASE_RESERVED) != 0 || (x2 && !enable) || leavesX2 || skipsX) {
      return false;
    }
    boolean wasEnabled = isEnabled();
    base = value;
    if (wasEnabled && !enable) {
      init();
    }
    if (x2) {
      id = initialId;
    }
    signals.interrupt();
    return true;
  }

  /** IA32_TSC_DEADLINE. */
  public long tscDeadline() {
    return timer.tscDeadline();
  }

  /**
   * Writes IA32_TSC_DEADLINE.
   *
   * @param tscNow what RDTSC returns now
   */
  public void writeTscDeadline(long value, long tscNow) {
    timer.setTscDeadline(value, tscNow);
  }

  /** Whether an x2APIC MSR can be read; where not, the processor raises #GP. */
  public boolean canReadMsr(int msr) {
    int number = msr - MSR_X2APIC;
    return isX2()
        && switch (number) {
          case 0x02, 0x03, 0x08, 0x0a, 0x0d, 0x0f, 0x28, 0x2f, 0x30, 0x38, 0x39, 0x3e -> true;
          default -> (number >= 0x10 && number <= 0x27) || (number >= 0x32 && number <= 0x37);
        };
  }

  /** Reads an x2APIC MSR for which {@link #canReadMsr} holds. */
  public long readMsr(int msr) {
    int number = msr - MSR_X2APIC;
    long low = Integer.toUnsignedLong(readRegister(number));
    return number == 0x30 ? (long) icrHigh << 32 | low : low;
  }

  /**
   * Writes an x2APIC MSR.
   *
   * @return false where the processor must raise #GP
   */
  public boolean writeMsr(int msr, long value) {
    int number = msr - MSR_X2APIC;
    if (!isX2() || (number != 0x30 && value >>> 32 != 0)) {
      return false;
    }
    switch (number) {
      case 0x08, 0x0f, 0x2f, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x3e ->
          writeRegister(number, (int) value);
      case 0x0b, 0x28 -> {
        if (value != 0) {
          return false;
        }
        writeRegister(number, 0);
      }
      case 0x30 -> {
        icrHigh = (int) (value >>> 32);
        writeRegister(number, (int) value);
      }
      case 0x3f -> {
        if (value > 0xff) {
          return false;
        }
        request((int) value, false);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** What must survive a save. */
  public LocalApicState save() {
    List<Integer> registers =
        List.of(
            id,
            tpr,
            ldr,
            dfr,
            svr,
            errors,
            errorsPending,
            timer.divide(),
            timer.initialCount(),
            icrLow,
            icrHigh);
    return new LocalApicState(
        base,
        registers,
        Arrays.stream(lvt).boxed().toList(),
        irr.toList(),
        isr.toList(),
        tmr.toList(),
        timer.start(),
        timer.deadline(),
        timer.tscDeadline(),
        externalRequested,
        lines);
  }

  /** Takes up saved state; the clock must stand where it stood. */
  public void restore(LocalApicState state) {
    base = state.base();
    List<Integer> registers = state.registers();
    id = registers.get(0);
    tpr = registers.get(1) & 0xff;
    ldr = registers.get(2);
    dfr = registers.get(3);
    svr = registers.get(4);
    errors = registers.get(5);
    errorsPending = registers.get(6);
    icrLow = registers.get(9);
    icrHigh = registers.get(10);
    Arrays.setAll(lvt, state.lvt()::get);
    irr.set(state.irr());
    isr.set(state.isr());
    tmr.set(state.tmr());
    externalRequested = state.externalRequested();
    lines = state.lines();
    timer.restore(ApicTimer.Mode.of(lvt[LVT_TIMER]), registers.get(7), registers.get(8), state);
  }
}
