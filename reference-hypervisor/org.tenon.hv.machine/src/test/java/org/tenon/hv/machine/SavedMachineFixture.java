package org.tenon.hv.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/**
 * Writes the saved machines that {@link SavedMachineTest}, {@link SavedDisksTest} and {@link
 * SavedNicsTest} keep as files: one of version 1, one with disks, of version 2, and one with all
 * the other devices. Once a release has written such files, the one of each format stays as it is
 * and a new format gets one beside it; until then a change of a state record writes it anew.
 */
final class SavedMachineFixture {
  private int dots;
  private Runnable stop = () -> {};

  private SavedMachineFixture() {}

  /**
   * Takes the three files to write.
   *
   * @throws BootException never for this kernel
   */
  public static void main(String[] args)
      throws BootException, IOException, StateException, AttachException {
    new SavedMachineFixture().write(Path.of(args[0]));
    Files.write(Path.of(args[1]), new SavedDisks().inFlight());
    Path sockets = Files.createTempDirectory("saved");
    Files.write(Path.of(args[2]), new SavedDevices(sockets).inFlight());
  }

  private void write(Path file) throws BootException, IOException, StateException {
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            2,
            32 << 20,
            ClockMode.VIRTUAL,
            MachineTest.fiveTicks().kernel(),
            ByteBuffer.allocate(0),
            "",
            value -> count(),
            Trace.OFF);
    try (Machine machine = new Machine(config)) {
      stop = machine::stop;
      machine.run();
      machine.save(file);
    }
  }

  private void count() {
    dots++;
    if (dots == 2) {
      stop.run();
    }
  }
}
