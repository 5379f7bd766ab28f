package org.tenon.hv.app.testbed;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.run.EngineChoice;
import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.Engine;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.RamRegion;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VmConfig;

/**
 * An engine for one machine of one processor, the {@link TestProcessor}. Everything else is the
 * simulator's.
 */
final class TestEngine implements Engine {
  private final Engine simulator = EngineChoice.of("sim").engine();
  private @Nullable TestProcessor processor;
  private @Nullable RamRegion ram;

  /** The processor of the machine that was made. */
  TestProcessor processor() {
    return Objects.requireNonNull(processor, "no machine was made");
  }

  /** The RAM that begins at address 0. */
  RamRegion ram() {
    return Objects.requireNonNull(ram, "no machine was made");
  }

  @Override
  public String id() {
    return "test";
  }

  @Override
  public Availability probe() {
    return simulator.probe();
  }

  @Override
  public CpuidTable supportedCpuid() {
    return simulator.supportedCpuid();
  }

  @Override
  public EngineVm create(VmConfig config) {
    EngineVm vm = simulator.create(config);
    ram = config.ram().getFirst();
    return new EngineVm() {
      @Override
      public Vcpu createVcpu(int apicId) {
        TestProcessor made = new TestProcessor(vm.createVcpu(apicId));
        processor = made;
        return made;
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
}
