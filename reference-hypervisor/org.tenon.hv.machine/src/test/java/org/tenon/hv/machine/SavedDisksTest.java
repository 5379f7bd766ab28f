package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.platform.boot.BootException;

/**
 * A machine with a virtio and an NVMe disk, asked for a few things at once at 5 ms. The end of a
 * run is compared as a saved machine: every byte of RAM and every register.
 */
@Timeout(120)
class SavedDisksTest {
  @TempDir private Path folder;
  private final SavedDisks disks = new SavedDisks();
  private final MemoryDisk virtio = disks.virtio;
  private final MemoryDisk nvme = disks.nvme;
  private final StringBuilder console = disks.console;

  private Path end(Machine machine, String name) throws IOException, StateException {
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    Path file = folder.resolve(name);
    machine.save(file);
    return file;
  }

  private void checkAnswers(Machine machine) {
    PokedGuest guest = new PokedGuest(machine);
    assertThat(guest.virtioAnswers()).isEqualTo("4 0 0 0 0");
    assertThat(guest.data(2)).isEqualTo(PokedGuest.pattern(1, 4096));
    assertThat(guest.nvmeAnswers().split(" ")).hasSize(6).allMatch(answer -> answer.endsWith(":0"));
  }

  private List<String> done() {
    return Stream.concat(virtio.done.stream(), nvme.done.stream()).sorted().toList();
  }

  private Path saveAfter(long nanos)
      throws BootException, AttachException, IOException, StateException {
    try (Machine machine = disks.asked()) {
      return saveAfter(machine, nanos);
    }
  }

  private Path saveAfter(Machine machine, long nanos) throws IOException, StateException {
    if (nanos > 0) {
      machine.stopAt(SavedDisks.ASKED + nanos);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
    }
    Path file = folder.resolve("saved");
    machine.save(file);
    return file;
  }

  /** Nanoseconds after asking: before anything is taken, in flight, around the answers, later. */
  @Test
  void inOneGoOrSavedAtAnyInstant()
      throws BootException, AttachException, IOException, StateException {
    Path whole;
    long instructions;
    try (Machine machine = disks.asked()) {
      whole = end(machine, "whole");
      checkAnswers(machine);
      instructions = machine.statistics().instructions();
    }
    assertThat(console).hasToString(".....");
    List<String> done = done();
    assertThat(done).contains("WRITE 8+8", "WRITE 16+8", "WRITE 32+8", "WRITE_ZEROES 38+2");
    for (long after :
        new long[] {0, 8, 400, 25_000, 49_992, 50_000, 50_008, 99_992, 100_008, 150_008, 250_000}) {
      disks.fresh();
      Path file = saveAfter(after);
      try (Machine machine = disks.restore(file, ClockMode.VIRTUAL)) {
        Path again = folder.resolve("again");
        machine.save(again);
        assertThat(again).as("restored and saved at once").hasSameBinaryContentAs(file);
        assertThat(end(machine, "restored")).as("after %d", after).hasSameBinaryContentAs(whole);
        assertThat(machine.statistics().instructions()).isEqualTo(instructions);
        assertThat(console).hasToString(".....");
      }
      assertThat(done()).as("after %d: each once", after).isEqualTo(done);
    }
  }

  private Machine resetting() throws BootException, AttachException {
    Machine machine = disks.asked();
    machine.stopAt(SavedDisks.ASKED + 25_000);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
    PokedGuest guest = new PokedGuest(machine);
    guest.resetVirtioQueue(1);
    assertThat(guest.isVirtioQueueResetting(1)).isTrue();
    return machine;
  }

  @Test
  void aResetOfAQueueGoesOnToo()
      throws BootException, AttachException, IOException, StateException {
    Path whole;
    try (Machine machine = resetting()) {
      whole = end(machine, "whole");
    }
    disks.fresh();
    Path file = folder.resolve("saved");
    try (Machine machine = resetting()) {
      machine.save(file);
    }
    try (Machine machine = disks.restore(file, ClockMode.VIRTUAL)) {
      PokedGuest guest = new PokedGuest(machine);
      assertThat(guest.isVirtioQueueResetting(1)).isTrue();
      assertThat(end(machine, "restored")).hasSameBinaryContentAs(whole);
      assertThat(guest.isVirtioQueueResetting(1)).isFalse();
      assertThat(guest.virtioAnswers()).as("forgotten").isEqualTo("0 -1 -1 -1 -1");
    }
  }

  /** The file format is a promise: {@link SavedMachineFixture} wrote this one. */
  @Test
  void aMachineThatAnEarlierBuildSavedGoesOn() throws IOException, StateException, AttachException {
    Path file = Path.of("src/test/resources/org/tenon/hv/machine/saved-2.tenon");
    try (Machine machine = disks.restore(file, ClockMode.VIRTUAL)) {
      Path again = folder.resolve("again");
      machine.save(again);
      assertThat(again).hasSameBinaryContentAs(file);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      checkAnswers(machine);
      assertThat(done())
          .as("what was not done yet, and nothing else")
          .containsExactly(
              "DISCARD 40+2", "FLUSH 0+0", "FLUSH 0+0", "WRITE_ZEROES 35+3", "WRITE_ZEROES 38+2");
    }
  }

  @Test
  void whoSavesAndGoesOnDoesNotNotice()
      throws BootException, AttachException, IOException, StateException {
    Path whole;
    try (Machine machine = disks.asked()) {
      whole = end(machine, "whole");
    }
    List<String> done = done();
    disks.fresh();
    try (Machine machine = disks.asked()) {
      for (long after : new long[] {0, 16, 30_000, 50_000, 75_000, 120_000}) {
        saveAfter(machine, after);
      }
      assertThat(end(machine, "went on")).hasSameBinaryContentAs(whole);
    }
    assertThat(done()).isEqualTo(done);
  }

  @ParameterizedTest
  @CsvSource({"VIRTUAL, REAL", "REAL, VIRTUAL", "REAL, REAL"})
  void onEitherClockNothingIsLost(ClockMode before, ClockMode after)
      throws BootException, AttachException, IOException, StateException {
    try (Machine machine = disks.asked()) {
      end(machine, "whole");
    }
    List<String> done = done();
    disks.fresh();
    Path first = saveAfter(25_000);
    Path second = first;
    if (before == ClockMode.REAL) {
      second = folder.resolve("second");
      try (Machine machine = disks.restore(first, ClockMode.REAL)) {
        machine.save(second);
      }
    }
    try (Machine machine = disks.restore(second, after)) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      checkAnswers(machine);
    }
    assertThat(done()).isEqualTo(done);
  }

  @Test
  void aDriversStateGoesWithIt()
      throws BootException, AttachException, IOException, StateException {
    virtio.memory = "blue";
    Path file = saveAfter(25_000);
    virtio.stateVersion = 2;
    try (Machine machine = disks.restore(file, ClockMode.VIRTUAL)) {
      assertThat(virtio.memory).isEqualTo("1: remembers blue");
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      checkAnswers(machine);
      machine.save(file);
    }
    virtio.stateVersion = 1;
    assertThatThrownBy(() -> disks.restore(file, ClockMode.VIRTUAL))
        .isInstanceOf(AttachException.class)
        .hasMessage(
            "disk0: the driver's restore failed: it reads state 'memory' of version 1, and was"
                + " saved with state 'memory' of version 2");
    virtio.memory = null;
    assertThatThrownBy(() -> disks.restore(file, ClockMode.VIRTUAL))
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("it reads no state, and was saved with state 'memory'");
  }

  @Test
  void aDriverThatRefusesIsHeardAndTheRunGoesOn()
      throws BootException, AttachException, IOException, StateException {
    nvme.refusal = "its adapter has no snapshots";
    try (Machine machine = disks.asked()) {
      assertThatThrownBy(() -> saveAfter(machine, 25_000))
          .isInstanceOf(StateException.class)
          .hasMessage("disk1: the driver's save failed: its adapter has no snapshots");
      assertThat(folder).isEmptyDirectory();
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      checkAnswers(machine);
    }
  }

  private interface Change {
    void make() throws Exception;
  }

  private void refused(Path file, String why, Change change, Machine.Plugging<?> plugging)
      throws Exception {
    change.make();
    assertThatThrownBy(
            () -> {
              try (SavedMachine saved = SavedMachine.open(file)) {
                Machine.restore(disks.config(ClockMode.VIRTUAL), saved, plugging).close();
              }
            })
        .isInstanceOf(StateException.class)
        .hasMessage(why);
  }

  @Test
  void onlyTheSameDisksTakeTheirPlace() throws Exception {
    Path file = saveAfter(25_000);
    Change nothing = () -> {};
    refused(
        file,
        "the saved machine has more than the 1 devices here; name the same, in the same order",
        nothing,
        machine -> machine.plug(SavedDisks.disk(DiskModel.VIRTIO, virtio)));
    refused(
        file,
        "the saved machine has a disk of model VIRTIO here, not NVME",
        nothing,
        machine -> machine.plug(SavedDisks.disk(DiskModel.NVME, virtio)));
    refused(
        file,
        "the saved machine has storage Tenon Memory disk, serial 'M1', 2048 blocks of 512 bytes"
            + " here, not Tenon Memory disk, serial 'N1', 2048 blocks of 512 bytes",
        nothing,
        machine -> machine.plug(SavedDisks.disk(DiskModel.VIRTIO, nvme)));
    refused(
        file,
        "the saved machine has 2 devices and no more",
        nothing,
        machine -> {
          disks.plugBoth(machine);
          machine.plug(SavedDisks.disk(DiskModel.VIRTIO, virtio));
        });
    refused(
        file,
        "the saved machine has a disk of driver memory-disk here, not other-disk",
        () -> virtio.id = "other-disk",
        disks::plugBoth);
  }
}
