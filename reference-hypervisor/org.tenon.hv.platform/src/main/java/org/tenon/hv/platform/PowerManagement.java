package org.tenon.hv.platform;

import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.Ticks;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.hv.irq.IrqLine;

/**
 * ACPI fixed hardware (ACPI specification 6.5, chapter 4.8): PM1 status, enable and control
 * registers, the power management timer, and the power button. The machine is always in ACPI mode.
 */
public final class PowerManagement {
  /** The timer's frequency. */
  public static final Ticks TIMER = new Ticks(3_579_545);

  /** SLP_TYP of the soft-off state, as _S5 in the DSDT says. */
  public static final int SLEEP_TYPE_S5 = 5;

  private static final int TIMER_STATUS = 1;
  private static final int POWER_BUTTON = 1 << 8;
  private static final int EVENTS =
      TIMER_STATUS | 1 << 5 | POWER_BUTTON | 1 << 9 | 1 << 10 | 1 << 15;
  private static final int ENABLES = TIMER_STATUS | 1 << 5 | POWER_BUTTON | 1 << 9 | 1 << 10;
  private static final int SCI_ENABLE = 1;
  private static final int SLEEP_ENABLE = 1 << 13;
  private static final int CONTROL_KEPT = 0x1c06;
  private static final long TIMER_CARRY = 1L << 31;

  private final Clock clock;
  private final IrqLine sci;
  private final PowerControl power;
  private final Alarm carry;
  private int status;
  private int enable;
  private int control;

  /** What it keeps: PM1_STS, PM1_EN and PM1_CNT, 16 bits each. */
  @StateFormat(name = "power-management", version = 1)
  public record State(int status, int enable, int control) {
    /** Checks the ranges. */
    public State {
      if ((status & ~EVENTS) != 0 || (enable & ~ENABLES) != 0 || (control & ~CONTROL_KEPT) != 0) {
        throw new IllegalArgumentException("reserved bits are set in PM1 registers");
      }
    }
  }

  /** After power-on. */
  public PowerManagement(Clock clock, IrqLine sci, PowerControl power) {
    this.clock = clock;
    this.sci = sci;
    this.power = power;
    carry = clock.alarm("pm-timer", this::onCarry);
  }

  /** To the state after power-on. */
  public void reset() {
    status = 0;
    enable = 0;
    control = 0;
    update();
  }

  /** Presses the power button: the guest sees a fixed event and shuts down in its own time. */
  public void pressPowerButton() {
    status |= POWER_BUTTON;
    update();
  }

  private void onCarry() {
    status |= TIMER_STATUS;
    update();
  }

  private void update() {
    sci.set((status & enable) != 0);
    if ((enable & TIMER_STATUS) != 0) {
      carry.set(TIMER.nanos((TIMER.at(clock.now()) / TIMER_CARRY + 1) * TIMER_CARRY));
    } else {
      carry.cancel();
    }
  }

  /** PM1a_EVT_BLK: status at offset 0, enable at offset 2, 16 bits each. */
  public RegisterBlock eventBlock() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return offset == 0 ? status : enable;
      }

      @Override
      public void write(int offset, int size, long value) {
        if (offset == 0) {
          status &= ~(int) value;
        } else {
          enable = (int) value & ENABLES;
        }
        update();
      }
    };
  }

  /** PM1a_CNT_BLK, 16 bits. */
  public RegisterBlock controlBlock() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return control | SCI_ENABLE;
      }

      @Override
      public void write(int offset, int size, long value) {
        control = (int) value & CONTROL_KEPT;
        if ((value & SLEEP_ENABLE) != 0 && (value >>> 10 & 7) == SLEEP_TYPE_S5) {
          power.powerOff();
        }
      }
    };
  }

  /** PM_TMR_BLK, 32 bits. */
  public RegisterBlock timerBlock() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return TIMER.at(clock.now()) & 0xffff_ffffL;
      }

      @Override
      public void write(int offset, int size, long value) {}
    };
  }

  /** What must survive a save. */
  public State save() {
    return new State(status, enable, control);
  }

  /** Takes up saved state; the clock must stand where it stood. */
  public void restore(State state) {
    status = state.status();
    enable = state.enable();
    control = state.control();
    update();
  }
}
