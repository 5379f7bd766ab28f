package org.tenon.hv.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.engine.Engine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.tck.hypervisor.ProbeImage;

/** A machine with a disk of each model and an entropy device, and the probe in it. */
final class ProbedTenon {
  private final StringBuilder console = new StringBuilder();
  private final Outcome outcome;

  ProbedTenon(Engine engine) throws BootException, AttachException, IOException, ConfigException {
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            engine,
            1,
            64 << 20,
            ClockMode.VIRTUAL,
            ByteBuffer.wrap(ProbeImage.build()),
            ByteBuffer.allocate(0),
            "",
            value -> console.append((char) (value & 0xff)),
            Trace.OFF);
    try (Machine machine = new Machine(config)) {
      for (DiskModel model : DiskModel.values()) {
        machine.plug(new DiskConfig(model, new MemoryDisk(), Config.of(List.of(), Map.of())));
      }
      machine.plug(new RngConfig(OptionalLong.of(1)));
      machine.stopAt(120_000_000_000L);
      outcome = machine.run();
    }
  }

  String log() {
    return console.toString();
  }

  Outcome outcome() {
    return outcome;
  }
}
