package org.tenon.hv.engine.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.cpu.StateTransfer;
import org.tenon.hv.engine.sim.decode.Definition;

/**
 * Random programs, interpreted and compiled: exits, the whole state and all of memory must be the
 * same wherever the budget cuts the run, faults included.
 */
class CompiledRegionTest {
  private static final long LINEAR = 0x7f0000401000L;
  private static final long DATA = LINEAR + 0x4000;
  private static final int[] BUDGETS = {1, 2, 7, 61, 400, 997, 13, 500};

  @Test
  void compiledProgramsAgreeWithTheInterpreter() {
    long seed = Long.getLong("tenon.oracle.seed", 20261122);
    int programs = Integer.getInteger("tenon.compiled.programs", 150);
    int ran = 0;
    for (int k = 0; k < programs; k++) {
      ran += compare(seed + k) ? 1 : 0;
    }
    assertThat(ran).as("programs that did not fault").isGreaterThan(programs / 10);
  }

  /** True if the program ran to the end of the budgets. */
  private static boolean compare(long seed) {
    CaseGenerator generator = new CaseGenerator(seed);
    byte[] program = program(generator);
    SimProcessor interpreted = new SimProcessor(LINEAR);
    SimProcessor compiled = new SimProcessor(LINEAR, 2);
    long[] registers = new long[16];
    for (int r = 0; r < 16; r++) {
      registers[r] = generator.value();
    }
    registers[3] = DATA + 0x1000;
    registers[4] = DATA + 0x2000;
    registers[5] = DATA + 0x1800;
    registers[6] = DATA + 0x1100;
    registers[7] = DATA + 0x1200;
    for (SimProcessor each : List.of(interpreted, compiled)) {
      MemorySegment.copy(
          MemorySegment.ofArray(program),
          0,
          each.window(LINEAR, program.length),
          0,
          program.length);
      System.arraycopy(registers, 0, each.cpu.r, 0, 16);
      each.cpu.rip = LINEAR;
      each.window(DATA + 0x1000, 8).set(ValueLayout.JAVA_LONG, 0, registers[0]);
    }
    for (int budget : BUDGETS) {
      VcpuExit expected = interpreted.run(budget);
      VcpuExit actual = compiled.run(budget);
      assertThat(actual.reason()).as("seed %d", seed).isEqualTo(expected.reason());
      assertThat(StateTransfer.save(compiled.cpu))
          .as("seed %d", seed)
          .isEqualTo(StateTransfer.save(interpreted.cpu));
      assertThat(compiled.ram().mismatch(interpreted.ram()))
          .as("memory, seed %d", seed)
          .isEqualTo(-1);
      if (expected.reason() != VcpuExit.Reason.BUDGET) {
        return false;
      }
    }
    return true;
  }

  /** A loop of random instructions that leave the pointers alone. */
  private static byte[] program(CaseGenerator generator) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int length = 3 + generator.below(14);
    int made = 0;
    while (made < length) {
      Definition row = generator.row();
      String name = row.name();
      boolean integer = !row.has("x87") && !row.has("mmx") && !row.has("sse");
      boolean moves =
          row.has("rep") || row.has("stack") || name.endsWith("DIV") || name.equals("XLAT");
      boolean skip =
          moves || name.startsWith("BT") || name.startsWith("XCHG") || name.startsWith("MASK");
      if (skip || (!integer && generator.below(4) != 0)) {
        continue;
      }
      byte[] bytes = generator.instruction(row);
      out.writeBytes(bytes);
      made++;
    }
    int back = -(out.size() + 6);
    boolean conditional = generator.below(2) == 0;
    if (conditional) {
      out.write(0x0f);
      out.write(0x80 + generator.below(16));
    } else {
      out.write(0x90);
      out.write(0xe9);
    }
    for (int k = 0; k < 4; k++) {
      out.write(back >> 8 * k);
    }
    if (conditional) {
      out.write(0xe9);
      int again = back - 5;
      for (int k = 0; k < 4; k++) {
        out.write(again >> 8 * k);
      }
    }
    return out.toByteArray();
  }
}
