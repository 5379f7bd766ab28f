package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

@Timeout(120)
class SavedMachineTest {
  @TempDir private Path folder;
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

  private Path runAndSaveAt(int dots) throws BootException, IOException, StateException {
    try (Machine machine = new Machine(config(2))) {
      stopAfter = dots;
      stop = machine::stop;
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
      stopAfter = -1;
      Path file = folder.resolve("saved-" + dots);
      machine.save(file);
      return file;
    }
  }

  private Machine restore(Path file) throws IOException, StateException {
    try (SavedMachine saved = SavedMachine.open(file)) {
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

  /** The file format is a promise: {@link SavedMachineFixture} wrote this one. */
  @Test
  void aMachineThatAnEarlierBuildSavedGoesOn() throws IOException, StateException {
    Path file = Path.of("src/test/resources/org/tenon/hv/machine/saved-1.tenon");
    try (SavedMachine saved = SavedMachine.open(file)) {
      MachineState state = saved.state();
      assertThat(state.nanos()).isBetween(20_000_000L, 21_000_000L);
      try (Machine machine = Machine.restore(config(2), saved)) {
        assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
        assertThat(console).as("two dots were printed before the save").hasToString("...");
      }
    }
  }

  /** Old, new, old: what needs nothing new is written as the earlier build wrote it. */
  @Test
  void anEarlierBuildKnowsWhatThisOneSaves() throws IOException, StateException {
    Path file = Path.of("src/test/resources/org/tenon/hv/machine/saved-1.tenon");
    Path again = folder.resolve("again");
    try (Machine machine = restore(file)) {
      machine.save(again);
    }
    ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(again)).position(20);
    assertThat(new StateReader(records).take(MachineStateV1.class).processors()).isEqualTo(2);
    try (Machine machine = restore(again)) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      assertThat(console).hasToString("...");
    }
  }

  @Test
  void savingTwiceGivesTheSameBytes() throws BootException, IOException, StateException {
    Path file = runAndSaveAt(2);
    try (Machine machine = restore(file)) {
      Path again = folder.resolve("again");
      machine.save(again);
      assertThat(again).hasSameBinaryContentAs(file);
    }
  }

  @Test
  void zeroPagesTakeNoRoomAndNothingElseIsLeft() throws BootException, IOException, StateException {
    assertThat(Files.size(runAndSaveAt(1))).isLessThan(1 << 20);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void anotherMachineIsRefused() throws BootException, IOException, StateException {
    try (SavedMachine saved = SavedMachine.open(runAndSaveAt(1))) {
      assertThatThrownBy(() -> Machine.restore(config(1), saved))
          .isInstanceOf(StateException.class)
          .hasMessage(
              "the saved machine is a tenon-1.0 with 2 processors and 32 MiB; ask for the same");
    }
  }

  @Test
  void damageIsAlwaysNoticed() throws BootException, IOException, StateException {
    byte[] whole = Files.readAllBytes(runAndSaveAt(1));
    Path file = folder.resolve("damaged");
    Random random = new Random(12);
    for (int i = 0; i < 200; i++) {
      byte[] damaged =
          switch (i % 3) {
            case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> Arrays.copyOf(whole, whole.length + 1 + random.nextInt(9000));
            default -> whole.clone();
          };
      if (i % 3 == 2) {
        // The zeros that fill up the head's last page mean nothing.
        int head = 16 + ByteBuffer.wrap(whole).getInt(8);
        int room = (head + 4095 & -4096) - head;
        int at = random.nextInt(whole.length - room);
        damaged[at < head ? at : at + room] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      assertThatThrownBy(() -> restore(file).close())
          .as("case %d", i)
          .isInstanceOf(StateException.class)
          .message()
          .isNotEmpty();
    }
  }
}
