package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

@Timeout(120)
class SavedMachineTest {
  private final StringBuilder console = new StringBuilder();
  private int stopAfter = -1;
  private Runnable stop = () -> {};

  private MachineConfig config(int processors) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        processors,
        32 << 20,
        ClockMode.VIRTUAL,
        MachineTest.fiveTicks().kernel(),
        ByteBuffer.allocate(0),
        "",
        this::output,
        Trace.OFF);
  }

  private void output(int value) {
    console.append((char) value);
    if (console.length() == stopAfter) {
      stop.run();
    }
  }

  private byte[] runAndSaveAt(int dots) throws BootException, IOException {
    try (Machine machine = new Machine(config(2))) {
      stopAfter = dots;
      stop = machine::stop;
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
      stopAfter = -1;
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      machine.save(file);
      return file.toByteArray();
    }
  }

  private Machine restore(byte[] file) throws IOException, StateException {
    try (SavedMachine saved = SavedMachine.open(new ByteArrayInputStream(file))) {
      return Machine.restore(config(2), saved);
    }
  }

  @Test
  void aRestoredMachineGoesOnAsIfNothingHadHappened()
      throws BootException, IOException, StateException {
    Statistics whole;
    try (Machine machine = new Machine(config(2))) {
      machine.run();
      whole = machine.statistics();
    }
    for (int dots = 1; dots <= 4; dots++) {
      console.setLength(0);
      try (Machine machine = restore(runAndSaveAt(dots))) {
        assertThat(console).hasSize(dots);
        assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
        assertThat(console).hasToString(".....");
        assertThat(machine.statistics().instructions()).isEqualTo(whole.instructions());
        assertThat(machine.statistics().machineNanos()).isEqualTo(whole.machineNanos());
      }
    }
  }

  @Test
  void savingTwiceGivesTheSameBytes() throws BootException, IOException, StateException {
    byte[] file = runAndSaveAt(2);
    try (Machine machine = restore(file)) {
      ByteArrayOutputStream again = new ByteArrayOutputStream();
      machine.save(again);
      assertThat(again.toByteArray()).isEqualTo(file);
    }
  }

  @Test
  void anotherMachineIsRefused() throws BootException, IOException, StateException {
    byte[] file = runAndSaveAt(1);
    try (SavedMachine saved = SavedMachine.open(new ByteArrayInputStream(file))) {
      assertThatThrownBy(() -> Machine.restore(config(1), saved))
          .isInstanceOf(StateException.class)
          .hasMessage(
              "the saved machine is a tenon-1.0 with 2 processors and 32 MiB; ask for the same");
    }
  }

  @Test
  void damageIsOneClearError() throws BootException, IOException {
    byte[] file = runAndSaveAt(1);
    Random random = new Random(12);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = i % 2 == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file.clone();
      if (i % 2 == 1) {
        damaged[random.nextInt(damaged.length - 10) + 10] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        restore(damaged).close();
      } catch (StateException | IOException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
