package org.tenon.hv.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.engine.Registers;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.SystemRegisters;
import org.tenon.hv.engine.VcpuExit;

/**
 * Random bytes as code, in real, protected and 64-bit mode, with random answers to every exit: no
 * host exception, no endless loop. Longer: {@code -Dtenon.fuzz.programs=1000000}.
 */
class RandomCodeTest {
  private static final int BUDGET = 300;

  private final Random random = new Random(Long.getLong("tenon.fuzz.seed", 1));

  @Test
  void randomCodeNeverEscapes() {
    int programs = Integer.getInteger("tenon.fuzz.programs", 600);
    long retired = 0;
    for (int k = 0; k < programs; k++) {
      BareMetal machine = new BareMetal();
      byte[] code = new byte[256];
      random.nextBytes(code);
      switch (k % 3) {
        case 0 -> machine.longMode("90");
        case 1 -> protectedMode(machine);
        default -> machine.cpu.setState(machine.cpu.state().afterStartup(BareMetal.CODE >> 12));
      }
      machine.load(BareMetal.CODE, java.util.HexFormat.of().formatHex(code));
      scatterRegisters(machine);
      retired += run(machine);
    }
    assertThat(retired).as("instructions that did run").isGreaterThan(programs);
  }

  private static void protectedMode(BareMetal machine) {
    SystemRegisters system =
        SystemRegisters.reset()
            .withCs(Segment.code32(8))
            .withData(Segment.data32(16))
            .withControl(0x11, 0, 0x600, 0);
    machine.cpu.setState(
        machine.cpu.state().with(system).with(Registers.ZERO.withRip(BareMetal.CODE)));
  }

  private void scatterRegisters(BareMetal machine) {
    Registers registers = machine.registers();
    for (int r = 0; r < 16; r++) {
      long value = random.nextBoolean() ? random.nextInt(BareMetal.RAM) : random.nextLong();
      registers = registers.with(r, value);
    }
    machine.cpu.setState(machine.cpu.state().with(registers));
  }

  private long run(BareMetal machine) {
    long before = machine.cpu.retired();
    int exits = 0;
    while (machine.cpu.retired() - before < BUDGET && exits++ < BUDGET) {
      VcpuExit exit = machine.cpu.run(BUDGET);
      switch (exit.reason()) {
        case PORT_READ, MMIO_READ -> machine.cpu.complete(random.nextLong());
        case MSR_READ, MSR_WRITE -> answerMsr(machine, exit);
        case SHUTDOWN, FAILURE -> {
          return machine.cpu.retired() - before;
        }
        default -> {}
      }
    }
    return machine.cpu.retired() - before;
  }

  private void answerMsr(BareMetal machine, VcpuExit exit) {
    if (random.nextBoolean()) {
      machine.cpu.refuse();
    } else if (exit.reason() == VcpuExit.Reason.MSR_READ) {
      machine.cpu.complete(random.nextLong());
    }
  }
}
