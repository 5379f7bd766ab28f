package org.tenon.hv.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.tenon.hv.engine.DescriptorTable;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuExit;

/**
 * A fuzzer's input as a program for one processor: the first byte chooses the mode, the next eight
 * seed registers, descriptors, page tables and the machine's answers, the rest is code.
 */
final class CodeProgram {
  /** Where code begins to run. */
  enum Mode {
    REAL,
    PROTECTED_16,
    PROTECTED_32,
    VIRTUAL_8086,
    COMPATIBILITY,
    LONG
  }

  private static final int HEADER = 9;
  private static final int MOST_INSTRUCTIONS = 400;
  private static final int MOST_EXITS = 400;
  private static final int GDT = 0x5000;
  private static final int IDT = 0x6000;
  private static final int TSS = 0x7000;
  private static final int VM = 1 << 17;
  private static final int SECONDS_OF_A_HANG = 20;

  private final Mode mode;
  private final Random random;
  private final BareMetal machine = new BareMetal();

  private CodeProgram(Mode mode, long seed) {
    this.mode = mode;
    random = new Random(seed);
  }

  /**
   * Runs an input.
   *
   * @return how many instructions have retired
   */
  static long run(byte[] input) {
    if (input.length <= HEADER) {
      return 0;
    }
    long seed = 0;
    for (int k = 1; k < HEADER; k++) {
      seed = seed << 8 | (input[k] & 0xff);
    }
    Mode mode = Mode.values()[(input[0] & 0xff) % Mode.values().length];
    byte[] code = Arrays.copyOfRange(input, HEADER, Math.min(input.length, HEADER + 4096));
    CodeProgram program = new CodeProgram(mode, seed);
    program.prepare(code);
    return program.execute();
  }

  private void prepare(byte[] code) {
    switch (mode) {
      case LONG, COMPATIBILITY -> machine.longMode("90");
      case REAL -> machine.cpu.setState(machine.cpu.state().afterStartup(BareMetal.CODE >> 12));
      default -> {}
    }
    if (mode == Mode.COMPATIBILITY) {
      var state = machine.cpu.state();
      machine.cpu.setState(state.with(state.system().withCs(Segment.code32(0x38))));
    } else if (mode == Mode.PROTECTED_16 || mode == Mode.PROTECTED_32) {
      protectedMode(mode == Mode.PROTECTED_16);
    } else if (mode == Mode.VIRTUAL_8086) {
      virtual8086();
    }
    machine.load(BareMetal.CODE, HexFormat.of().formatHex(code));
    if (random.nextBoolean()) {
      scatterDescriptors();
    }
    if (random.nextBoolean()) {
      scatterPages();
    }
    scatterRegisters();
  }

  private SystemRegisters tables(SystemRegisters system) {
    return system
        .withTables(new DescriptorTable(GDT, 0x1ff), new DescriptorTable(IDT, 0xfff))
        .withTr(Segment.busyTss(0x28, TSS, 0xfff));
  }

  private void protectedMode(boolean small) {
    Segment code = small ? new Segment(8, 0, 0xfffff, 0x809b) : Segment.code32(8);
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(code)
            .withData(Segment.data32(16))
            .withControl(0x11, 0, 0x600, 0);
    scatterDescriptors();
    machine.cpu.setState(
        machine.cpu.state().with(tables(system)).with(Registers.ZERO.withRip(BareMetal.CODE)));
  }

  private void virtual8086() {
    int selector = BareMetal.CODE >> 4;
    Segment code = new Segment(selector, BareMetal.CODE, 0xffff, 0xf3);
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(code)
            .withData(new Segment(0x3000, BareMetal.DATA, 0xffff, 0xf3))
            .withControl(0x11, 0, 0x600, 0);
    scatterDescriptors();
    long flags = VM | 2 | (long) random.nextInt(4) << 12;
    machine.cpu.setState(
        machine.cpu.state().with(tables(system)).with(Registers.ZERO.withRflags(flags)));
  }

  /** Plausible descriptors and gates: most are present, their targets are mostly in RAM. */
  private void scatterDescriptors() {
    for (int table : new int[] {GDT, IDT}) {
      for (int k = 8; k < 0x200; k += 8) {
        long access = random.nextInt(256) | (random.nextInt(8) == 0 ? 0 : 0x80);
        long low =
            random.nextInt(4) == 0
                ? random.nextInt()
                : 0x0000ffffL | (8L * random.nextInt(16)) << 16;
        long high = random.nextBoolean() ? 0x00cf0000L : random.nextInt() & 0xffff00ffL;
        machine.put64(table + k, (low & 0xffffffffL) | (high | access << 8) << 32);
      }
    }
    for (int k = 0; k < 0x80; k += 4) {
      machine.put64(
          TSS + k, random.nextInt(BareMetal.RAM) & 0xffff8L | (long) random.nextInt(64) << 32);
    }
  }

  private void scatterPages() {
    for (int k = 0; k < 24; k++) {
      long table = 0x1000L * (1 + random.nextInt(4));
      long entry =
          random.nextInt(3) == 0
              ? random.nextLong()
              : (random.nextInt(BareMetal.RAM) & ~0xfffL) | random.nextInt(0x200) | 1;
      machine.put64(table + 8L * random.nextInt(random.nextBoolean() ? 4 : 512), entry);
    }
  }

  private void scatterRegisters() {
    Registers registers = machine.registers();
    for (int r = 0; r < 16; r++) {
      long value = random.nextBoolean() ? random.nextInt(BareMetal.RAM) : random.nextLong();
      registers = registers.with(r, value);
    }
    machine.cpu.setState(machine.cpu.state().with(registers));
  }

  private long execute() {
    long before = machine.cpu.retired();
    int exits = 0;
    while (machine.cpu.retired() - before < MOST_INSTRUCTIONS && exits++ < MOST_EXITS) {
      long started = System.nanoTime();
      VcpuExit exit = machine.cpu.run(MOST_INSTRUCTIONS);
      assertThat((System.nanoTime() - started) / 1_000_000_000)
          .as("seconds in one run of %d instructions", MOST_INSTRUCTIONS)
          .isLessThan(SECONDS_OF_A_HANG);
      if (!answer(exit)) {
        break;
      }
    }
    assertThat(machine.escaped()).as("a write outside RAM").isFalse();
    return machine.cpu.retired() - before;
  }

  /** False if the guest has come to its end. */
  private boolean answer(VcpuExit exit) {
    switch (exit.reason()) {
      case PORT_READ, MMIO_READ -> machine.cpu.complete(random.nextLong());
      case MSR_READ, MSR_WRITE -> {
        if (random.nextBoolean()) {
          machine.cpu.refuse();
        } else if (exit.reason() == VcpuExit.Reason.MSR_READ) {
          machine.cpu.complete(random.nextLong());
        }
      }
      case SHUTDOWN, FAILURE -> {
        return false;
      }
      default -> interrupt();
    }
    return true;
  }

  private void interrupt() {
    if (random.nextInt(4) == 0) {
      machine.cpu.injectNmi();
    } else if (machine.cpu.canTakeInterrupt()) {
      machine.cpu.injectInterrupt(random.nextInt(256));
    } else if (random.nextBoolean()) {
      machine.cpu.requestInterruptWindow();
    }
  }
}
