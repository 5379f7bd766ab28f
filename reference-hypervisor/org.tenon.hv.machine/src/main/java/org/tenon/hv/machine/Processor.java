package org.tenon.hv.machine;

import org.tenon.hv.bus.Ticks;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.irq.ApicBus;
import org.tenon.hv.irq.LocalApic;
import org.tenon.hv.irq.LocalApicState;
import org.tenon.hv.irq.ProcessorSignals;

/**
 * One virtual processor: a vCPU, its local APIC, and whether it runs, halts or waits to be started.
 */
final class Processor implements ProcessorSignals {
  /** What it is doing. */
  enum Activity {
    RUNNING,
    HALTED,
    WAITING_FOR_STARTUP
  }

  private static final int NO_STARTUP = -1;

  private final int index;
  private final int signature;
  private final Vcpu vcpu;
  private final LocalApic apic;
  private Activity activity;
  private boolean initRequested;
  private int startupVector = NO_STARTUP;

  /**
   * A processor after power-on.
   *
   * @param signature what INIT leaves in EDX: CPUID leaf 1 EAX
   */
  Processor(
      int index,
      Vcpu vcpu,
      int signature,
      ApicBus bus,
      LocalApic.ExternalInterrupts external,
      MachineClock clock,
      Ticks apicTicks,
      Ticks tscTicks) {
    this.index = index;
    this.vcpu = vcpu;
    this.signature = signature;
    activity = index == 0 ? Activity.RUNNING : Activity.WAITING_FOR_STARTUP;
    apic = new LocalApic(index, index == 0, bus, external, this, clock, apicTicks, tscTicks);
  }

  int index() {
    return index;
  }

  Vcpu vcpu() {
    return vcpu;
  }

  LocalApic apic() {
    return apic;
  }

  @Override
  public void nmi() {
    vcpu.injectNmi();
    if (activity == Activity.HALTED) {
      activity = Activity.RUNNING;
    }
  }

  @Override
  public void init() {
    initRequested = true;
    startupVector = NO_STARTUP;
  }

  @Override
  public void startup(int vector) {
    startupVector = vector;
  }

  @Override
  public void interrupt() {
    // The run loop asks the APIC before each run; nothing to note here.
  }

  void halt() {
    activity = Activity.HALTED;
  }

  /**
   * Acts on INIT and start-up messages; call at an instruction boundary.
   *
   * @return false when the bootstrap processor got INIT: there is no firmware to go to, so the
   *     machine resets
   */
  boolean applySignals() {
    if (initRequested) {
      initRequested = false;
      if (index == 0) {
        return false;
      }
      vcpu.setState(vcpu.state().afterInit(signature));
      apic.init();
      activity = Activity.WAITING_FOR_STARTUP;
    }
    if (startupVector != NO_STARTUP) {
      if (activity == Activity.WAITING_FOR_STARTUP) {
        vcpu.setState(vcpu.state().afterStartup(startupVector));
        activity = Activity.RUNNING;
      }
      startupVector = NO_STARTUP;
    }
    return true;
  }

  /** Whether it has something to execute now. */
  boolean isRunnable() {
    return switch (activity) {
      case RUNNING -> true;
      case HALTED -> (apic.hasPending() && vcpu.canTakeInterrupt()) || initRequested;
      case WAITING_FOR_STARTUP -> initRequested || startupVector != NO_STARTUP;
    };
  }

  /** Whether an interrupt could ever make it run again. */
  boolean isWakeable() {
    return activity == Activity.RUNNING || (activity == Activity.HALTED && vcpu.canTakeInterrupt());
  }

  boolean isRunning() {
    return activity == Activity.RUNNING;
  }

  /**
   * Hands a pending interrupt to the vCPU, or asks to be told when it can take one.
   *
   * @return the vector that was injected, or -1
   */
  int deliverInterrupt() {
    if (!apic.hasPending()) {
      return -1;
    }
    if (!vcpu.atInstructionBoundary() || !vcpu.canTakeInterrupt()) {
      vcpu.requestInterruptWindow();
      return -1;
    }
    int vector = apic.acknowledge();
    vcpu.injectInterrupt(vector);
    activity = Activity.RUNNING;
    return vector;
  }

  void save(StateWriter out) {
    out.put(new ProcessorState(activity.name(), initRequested, startupVector));
    out.put(apic.save());
    out.put(VcpuImage.of(vcpu.state()));
  }

  void restore(StateReader in) throws StateException {
    ProcessorState state = in.take(ProcessorState.class);
    activity = Activity.valueOf(state.activity());
    initRequested = state.initRequested();
    startupVector = state.startupVector();
    apic.restore(in.take(LocalApicState.class));
    vcpu.setState(in.take(VcpuImage.class).toState());
  }
}
