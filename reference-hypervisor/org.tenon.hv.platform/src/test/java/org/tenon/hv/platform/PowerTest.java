package org.tenon.hv.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.RegisterBlock;

/**
 * Power-off, reset and the power management timer: ACPI 6.5 chapter 4.8, the i8042's and the
 * chipset's reset.
 */
class PowerTest {
  private final Bench bench = new Bench();
  private final PowerManagement power = new PowerManagement(bench.clock, bench, bench);

  @Test
  void softOffTakesTheRightSleepType() {
    RegisterBlock control = power.controlBlock();
    assertThat(control.read(0, 2)).as("always in ACPI mode").isEqualTo(1);
    control.write(0, 2, 1 << 13 | 3 << 10);
    assertThat(bench.power).isEmpty();
    control.write(0, 2, 1 << 13 | 5 << 10);
    assertThat(bench.power).containsExactly("off");
  }

  @Test
  void powerButtonRaisesTheSci() {
    power.eventBlock().write(2, 2, 0x100);
    power.pressPowerButton();
    assertThat(bench.line).isTrue();
    assertThat(power.eventBlock().read(0, 2)).isEqualTo(0x100);
    power.eventBlock().write(0, 2, 0x100);
    assertThat(bench.line).isFalse();
  }

  @Test
  void timerRunsAtItsFrequencyAndCarries() {
    bench.to(1_000_000_000L);
    assertThat(power.timerBlock().read(0, 4)).isEqualTo(3_579_545);
    power.eventBlock().write(2, 2, 1);
    bench.to(PowerManagement.TIMER.nanos(1L << 31));
    assertThat(bench.line).isTrue();
  }

  @Test
  void keyboardControllerResets() {
    KeyboardController keyboard = new KeyboardController(bench);
    keyboard.commandPort().write(0, 1, 0xaa);
    assertThat(keyboard.commandPort().read(0, 1) & 1).isEqualTo(1);
    assertThat(keyboard.dataPort().read(0, 1)).isEqualTo(0x55);
    assertThat(keyboard.commandPort().read(0, 1) & 1).isZero();
    keyboard.commandPort().write(0, 1, 0xfe);
    assertThat(bench.power).containsExactly("reset i8042");
  }

  @Test
  void resetControlNeedsTheBitToRise() {
    ResetControl reset = new ResetControl(bench);
    reset.write(0, 1, 0x02);
    assertThat(bench.power).isEmpty();
    reset.write(0, 1, 0x06);
    reset.write(0, 1, 0x06);
    assertThat(bench.power).containsExactly("reset cf9");
  }

  @Test
  void savedStateIsTakenUp() {
    power.eventBlock().write(2, 2, 0x100);
    power.pressPowerButton();
    PowerManagement.State state = power.save();
    power.reset();
    power.restore(state);
    assertThat(power.save()).isEqualTo(state);
    assertThat(bench.line).isTrue();
  }
}
