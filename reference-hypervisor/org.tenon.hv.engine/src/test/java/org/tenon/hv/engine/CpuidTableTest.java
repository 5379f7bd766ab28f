package org.tenon.hv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** CPUID as data. */
class CpuidTableTest {
  private static CpuidTable.Entry row(int leaf, int a, int b, int c, int d) {
    return new CpuidTable.Entry(leaf, 0, a, b, c, d);
  }

  @Test
  void restrictionTakesFeatureBitsAwayAndLeavesDescriptionsAlone() {
    CpuidTable wanted =
        new CpuidTable(List.of(row(0, 7, 1, 2, 3), row(1, 0x60fb1, 0x800, 0xff, 0xf0)));
    CpuidTable supported = new CpuidTable(List.of(row(1, 0, 0, 0x0f, 0x30)));
    CpuidTable offered = wanted.restrictedTo(supported);
    assertThat(offered.get(0, 0)).isEqualTo(row(0, 7, 1, 2, 3));
    assertThat(offered.get(1, 0)).isEqualTo(row(1, 0x60fb1, 0x800, 0x0f, 0x30));
  }

  @Test
  void unknownLeavesPromiseNothing() {
    assertThat(new CpuidTable(List.of()).get(0x21, 3))
        .isEqualTo(new CpuidTable.Entry(0x21, 3, 0, 0, 0, 0));
  }

  @Test
  void aRowGivenTwiceIsRefused() {
    assertThatThrownBy(() -> new CpuidTable(List.of(row(1, 0, 0, 0, 0), row(1, 1, 0, 0, 0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void startupPutsTheProcessorAtTheVectorsPage() {
    VcpuState state =
        new VcpuState(
                VcpuState.VERSION,
                Registers.ZERO.with(3, 9),
                SystemRegisters.reset(),
                DebugRegisters.RESET,
                FpuState.reset(),
                java.util.Map.of(),
                PendingEvents.NONE,
                5,
                6)
            .afterInit(0x1234)
            .afterStartup(0x9a);
    assertThat(state.registers().rip()).isZero();
    assertThat(state.system().cs().base()).isEqualTo(0x9a000);
    assertThat(state.registers().rdx()).isEqualTo(0x1234);
    assertThat(state.retired()).isEqualTo(5);
  }
}
