package org.tenon.hv.engine.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.cpu.StateTransfer;

/**
 * What only regions of several blocks can get wrong: calls and returns, code that changes itself,
 * faults in the middle of a loop, pages that move. Whatever the interpreter does is right.
 */
class RegionTest {
  private static final long LINEAR = 0x7f0000401000L;
  private static final int THRESHOLD = 3;
  private static final int[] BUDGETS = {5, 40, 333, 2_000, 1, 17, 10_000, 64, 9_999};

  @Test
  void callsReturnsAndNestedLoops() {
    // a loop of calls of a function with a loop of its own that adds, multiplies, shifts by CL
    compare(
        "b932000000 51 e807000000 59 ffc9 75f5 ebee"
            + "ba07000000 4801d0 486bc00d 4883d300 a804 7406 4831d3 48d3e0 ffca 75e8 c3");
  }

  @Test
  void codeThatChangesItsOwnRegion() {
    // start: mov eax,1; add rbx,rax; inc ecx; test cl,3; jnz start; inc [start+1]; jmp start
    compare("b801000000 4801c3 ffc1 f6c103 75f1 ff05ecffffff ebe9");
  }

  @Test
  void aFaultInTheMiddleOfALoopIsExact() {
    // loads, adds and stores upwards until the last mapped page ends
    compare("488b06 4883c001 488906 4811c3 4883c608 4883fb03 ebe9");
  }

  @Test
  void aPageOfTheRegionThatMovesBringsItsNewCode() {
    SimProcessor sim = start("ffc0 e9f90f0000", THRESHOLD); // inc eax; jmp to the next page
    put(sim, LINEAR + 0x1000, "83c302 e9f8efffff"); // add ebx,2; jmp back
    put(sim, LINEAR + 0x2000, "83c305 e9f8efffff"); // add ebx,5; jmp back
    sim.run(4_000);
    assertThat(sim.cpu.r[3]).isEqualTo(2 * 1_000);
    sim.remap(LINEAR + 0x1000, LINEAR + 0x2000);
    sim.cpu.mmu.flush();
    sim.run(4_000);
    assertThat(sim.cpu.r[3]).isEqualTo(2 * 1_000 + 5 * 1_000);
  }

  private static void compare(String hex) {
    SimProcessor interpreted = start(hex, 0);
    SimProcessor compiled = start(hex, THRESHOLD);
    for (int budget : BUDGETS) {
      VcpuExit.Reason expected = interpreted.run(budget).reason();
      assertThat(compiled.run(budget).reason()).isEqualTo(expected);
      assertThat(StateTransfer.save(compiled.cpu)).isEqualTo(StateTransfer.save(interpreted.cpu));
      assertThat(compiled.ram().mismatch(interpreted.ram())).as("memory").isEqualTo(-1);
      if (expected != VcpuExit.Reason.BUDGET) {
        return;
      }
    }
  }

  private static SimProcessor start(String hex, int threshold) {
    SimProcessor sim = new SimProcessor(LINEAR, threshold);
    put(sim, LINEAR, hex);
    sim.cpu.rip = LINEAR;
    sim.cpu.r[1] = 1_000;
    sim.cpu.r[4] = LINEAR + 0x8000;
    sim.cpu.r[6] = LINEAR + 0x9000;
    sim.window(LINEAR + 0x9000, 8).set(ValueLayout.JAVA_LONG, 0, -1L);
    return sim;
  }

  private static void put(SimProcessor sim, long at, String hex) {
    byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
    MemorySegment.copy(MemorySegment.ofArray(code), 0, sim.window(at, code.length), 0, code.length);
  }
}
