package org.tenon.hv.machine;

import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.Engine;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VcpuState;
import org.tenon.hv.engine.VmConfig;
import org.tenon.hv.engine.sim.SimEngine;

/** The simulator, with a fault between the processor and everything else. */
final class FaultyEngine implements Engine {
  private final Engine engine = new SimEngine();
  private final Fault fault;

  FaultyEngine(Fault fault) {
    this.fault = fault;
  }

  @Override
  public String id() {
    return "faulty";
  }

  @Override
  public Availability probe() {
    return engine.probe();
  }

  @Override
  public CpuidTable supportedCpuid() {
    return engine.supportedCpuid();
  }

  @Override
  public EngineVm create(VmConfig config) {
    EngineVm vm = engine.create(config);
    return new EngineVm() {
      @Override
      public Vcpu createVcpu(int apicId) {
        return new FaultyVcpu(vm.createVcpu(apicId));
      }

      @Override
      public void memoryWritten(long base, long length) {
        vm.memoryWritten(base, length);
      }

      @Override
      public void close() {
        vm.close();
      }
    };
  }

  /** An exit that asks for nothing, in place of a write that is lost. */
  private enum Nothing implements VcpuExit {
    EXIT;

    @Override
    public Reason reason() {
      return Reason.BUDGET;
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public int size() {
      return 0;
    }

    @Override
    public long value() {
      return 0;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  private final class FaultyVcpu implements Vcpu {
    private final Vcpu vcpu;
    private VcpuExit exit = Nothing.EXIT;

    FaultyVcpu(Vcpu vcpu) {
      this.vcpu = vcpu;
    }

    @Override
    public VcpuExit run(long budget) {
      exit = vcpu.run(budget);
      boolean writes =
          exit.reason() == VcpuExit.Reason.PORT_WRITE
              || exit.reason() == VcpuExit.Reason.MMIO_WRITE;
      boolean lost =
          writes && fault.loses(exit.reason(), exit.address(), exit.size(), exit.value());
      return lost ? Nothing.EXIT : exit;
    }

    @Override
    public void complete(long value) {
      vcpu.complete(fault.read(exit.reason(), exit.address(), exit.size(), value));
    }

    @Override
    public void refuse() {
      if (fault.hasEveryMsr()) {
        vcpu.complete(0);
      } else {
        vcpu.refuse();
      }
    }

    @Override
    public void injectInterrupt(int vector) {
      if (!fault.loses(vector)) {
        vcpu.injectInterrupt(vector);
      }
    }

    @Override
    public int apicId() {
      return vcpu.apicId();
    }

    @Override
    public boolean atInstructionBoundary() {
      return vcpu.atInstructionBoundary();
    }

    @Override
    public boolean canTakeInterrupt() {
      return vcpu.canTakeInterrupt();
    }

    @Override
    public void injectNmi() {
      vcpu.injectNmi();
    }

    @Override
    public void requestInterruptWindow() {
      vcpu.requestInterruptWindow();
    }

    @Override
    public void kick() {
      vcpu.kick();
    }

    @Override
    public long retired() {
      return vcpu.retired();
    }

    @Override
    public long tsc() {
      return vcpu.tsc();
    }

    @Override
    public void setTsc(long ticks, int sharing) {
      vcpu.setTsc(ticks, sharing);
    }

    @Override
    public VcpuState state() {
      return vcpu.state();
    }

    @Override
    public void setState(VcpuState state) {
      vcpu.setState(state);
    }

    @Override
    public int taskPriority() {
      return vcpu.taskPriority();
    }

    @Override
    public void setTaskPriority(int priority) {
      vcpu.setTaskPriority(priority);
    }

    @Override
    public long translate(long linear) {
      return vcpu.translate(linear);
    }

    @Override
    public void setBreakpoints(long... addresses) {
      vcpu.setBreakpoints(addresses);
    }
  }
}
