package org.tenon.hv.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/**
 * {@link LettersKernel} in a process of its own: the guest's letters on standard output, then a
 * line with instructions and nanoseconds.
 */
final class LettersRun {
  private final int processors;
  private final int letters;
  private int printed;
  private Runnable stop = () -> {};

  private LettersRun(int processors, int letters) {
    this.processors = processors;
    this.letters = letters;
  }

  /**
   * Runs {@code PROCESSORS}; or {@code PROCESSORS LETTERS FILE}: that many letters, and saves; or
   * {@code PROCESSORS FILE}: goes on with what was saved.
   */
  public static void main(String[] args) throws IOException, BootException, StateException {
    int processors = Integer.parseInt(args[0]);
    switch (args.length) {
      case 1 -> new LettersRun(processors, -1).run(null);
      case 2 -> new LettersRun(processors, -1).restore(Path.of(args[1]));
      default -> new LettersRun(processors, Integer.parseInt(args[1])).run(Path.of(args[2]));
    }
  }

  private MachineConfig config() {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        processors,
        64 << 20,
        ClockMode.VIRTUAL,
        LettersKernel.of(processors),
        ByteBuffer.allocate(0),
        "",
        this::output,
        Trace.OFF);
  }

  private void output(int value) {
    System.out.write(value);
    printed++;
    if (printed == letters) {
      stop.run();
    }
  }

  private void run(@org.jspecify.annotations.Nullable Path saved)
      throws BootException, IOException, StateException {
    try (Machine machine = new Machine(config())) {
      stop = machine::stop;
      machine.run();
      if (saved == null) {
        report(machine);
      } else {
        machine.save(saved);
        System.out.flush();
      }
    }
  }

  private void restore(Path file) throws IOException, StateException {
    try (SavedMachine saved = SavedMachine.open(file);
        Machine machine = Machine.restore(config(), saved)) {
      machine.run();
      report(machine);
    }
  }

  private static void report(Machine machine) {
    Statistics cost = machine.statistics();
    System.out.printf(" %d %d", cost.instructions(), cost.machineNanos());
    System.out.flush();
  }
}
