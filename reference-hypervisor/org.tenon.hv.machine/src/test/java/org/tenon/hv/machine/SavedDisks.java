package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;

/** A machine with a virtio and an NVMe disk, which {@link PokedGuest} asks for a few things. */
final class SavedDisks {
  /** When it asks. */
  static final long ASKED = 5_000_000;

  final MemoryDisk virtio = new MemoryDisk();
  final MemoryDisk nvme = new MemoryDisk();
  final StringBuilder console = new StringBuilder();

  SavedDisks() {
    nvme.serial = "N1";
  }

  MachineConfig config(ClockMode clock) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        2,
        32 << 20,
        clock,
        MachineTest.fiveTicks().kernel(),
        ByteBuffer.allocate(0),
        "",
        value -> console.append((char) value),
        Trace.OFF);
  }

  void plugBoth(Machine machine) throws AttachException {
    machine.plug(disk(DiskModel.VIRTIO, virtio));
    machine.plug(disk(DiskModel.NVME, nvme));
  }

  static DiskConfig disk(DiskModel model, MemoryDisk driver) {
    try {
      return new DiskConfig(model, driver, Config.of(List.of(), Map.of()));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  Machine restore(Path file, ClockMode clock) throws IOException, StateException, AttachException {
    try (SavedMachine saved = SavedMachine.open(file)) {
      return Machine.restore(config(clock), saved, this::plugBoth);
    }
  }

  /** A machine at the instant of asking, with everything asked and nothing answered. */
  Machine asked() throws BootException, AttachException {
    Machine machine = new Machine(config(ClockMode.VIRTUAL));
    plugBoth(machine);
    machine.stopAt(ASKED);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
    PokedGuest guest = new PokedGuest(machine);
    guest.virtio(1);
    guest.nvme(2);
    return machine;
  }

  /** A saved machine with requests in flight. */
  byte[] inFlight() throws BootException, AttachException, IOException, StateException {
    fresh();
    Path file = Files.createTempFile("saved", ".tenon");
    try (Machine machine = asked()) {
      machine.stopAt(ASKED + 25_000);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
      machine.save(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  /** Forgets what the storage has seen. */
  void fresh() {
    for (MemoryDisk disk : List.of(virtio, nvme)) {
      disk.done.clear();
      Arrays.fill(disk.content, (byte) 0);
    }
    console.setLength(0);
  }
}
