package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicLink;

/**
 * A machine with a network card on a wire that leads back, whose guest sends frames at given
 * instants. The end of a run is compared as a saved machine: every byte of RAM and every register.
 */
@Timeout(120)
class SavedNicsTest {
  private static final int DEVICE = 1;
  private static final long BEGIN = 5_000_000;
  private static final long STEP = 700_000;
  private static final int STEPS = 12;

  /** After a step: before anything is taken, held back, around the exchange, later. */
  private static final long[] INSTANTS = {
    0, 8, 400, 25_000, 49_992, 50_000, 50_008, 50_400, 99_992, 100_008, 650_000
  };

  @TempDir private Path folder;
  private final WireCard card = new WireCard();

  static MachineConfig config(ClockMode clock) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        2,
        32 << 20,
        clock,
        MachineTest.fiveTicks().kernel(),
        ByteBuffer.allocate(0),
        "",
        value -> {},
        Trace.OFF);
  }

  private static NicConfig nic(WireCard driver) {
    try {
      return new NicConfig(driver, Config.of(List.of(), Map.of()), null, 1);
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** A machine with a card, at the instant of the first step. */
  private Machine begun(ClockMode clock) throws BootException, AttachException {
    Machine machine = new Machine(config(clock));
    plug(machine);
    runTo(machine, BEGIN);
    return machine;
  }

  private void plug(Machine machine) throws AttachException {
    machine.plug(nic(card));
  }

  private Machine restore(Path file, ClockMode clock)
      throws IOException, StateException, AttachException {
    try (SavedMachine saved = SavedMachine.open(file)) {
      return Machine.restore(config(clock), saved, this::plug);
    }
  }

  private static void runTo(Machine machine, long nanos) {
    machine.stopAt(nanos);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
  }

  /** What a guest does, the same for each seed. */
  private static final class Script {
    private final Random random;
    final List<byte[]> frames = new ArrayList<>();

    Script(long seed) {
      random = new Random(seed);
    }

    void step(PokedNet net, int number) {
      if (number == 0) {
        net.begin();
      } else {
        net.collect();
      }
      for (int i = random.nextInt(5); i > 0; i--) {
        byte[] frame = new byte[14 + random.nextInt(1487)];
        random.nextBytes(frame);
        frame[1] = (byte) frames.size();
        if (net.send(frame)) {
          frames.add(frame);
        }
      }
      switch (random.nextInt(6)) {
        case 0 -> net.command(2, 0, random.nextInt(256), random.nextInt(16));
        case 1 -> net.command(0, 0, random.nextInt(2));
        case 2 -> net.command(1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, random.nextInt(256), 0, 0, 0, 0);
        case 3 -> net.command(0, 7, 1);
        default -> {}
      }
    }
  }

  /** Between two steps. */
  private interface Between {
    Machine at(Machine machine, int step) throws Exception;
  }

  /** Plays a script; what is left is at the end of the machine's life. */
  private Path play(long seed, Between between, String name) throws Exception {
    card.fresh();
    Script script = new Script(seed);
    Machine machine = new Machine(config(ClockMode.VIRTUAL));
    try {
      plug(machine);
      PokedNet net = new PokedNet(machine, DEVICE);
      for (int step = 0; step < STEPS; step++) {
        runTo(machine, BEGIN + step * STEP);
        script.step(net, step);
        machine = between.at(machine, step);
        net.in(machine);
      }
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      net.collect();
      checkExchange(script, net);
      Path file = folder.resolve(name);
      machine.save(file);
      return file;
    } finally {
      machine.close();
    }
  }

  private void checkExchange(Script script, PokedNet net) {
    assertThat(hex(card.wire)).isEqualTo(hex(script.frames));
    assertThat(net.sent).isEqualTo(script.frames.size());
    List<byte[]> frames =
        net.arrived.stream().map(whole -> Arrays.copyOfRange(whole, 12, whole.length)).toList();
    assertThat(hex(frames)).isNotEmpty().isSubsetOf(hex(script.frames));
    assertThat(net.status()).isEqualTo(15);
  }

  private static List<String> hex(List<byte[]> frames) {
    return frames.stream().map(HexFormat.of()::formatHex).toList();
  }

  private Machine restored(Machine machine, int step, long after) throws Exception {
    runTo(machine, BEGIN + step * STEP + Math.max(after, 1));
    Path file = folder.resolve("saved");
    machine.save(file);
    machine.close();
    Machine again = restore(file, ClockMode.VIRTUAL);
    Path twice = folder.resolve("twice");
    again.save(twice);
    assertThat(twice).as("restored and saved at once").hasSameBinaryContentAs(file);
    return again;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void inOneGoOrSavedAtAnyInstant(long seed) throws Exception {
    Path whole = play(seed, (machine, step) -> machine, "whole");
    for (int shift = 0; shift < INSTANTS.length; shift += 3) {
      int first = shift;
      Path parts =
          play(
              seed,
              (machine, step) ->
                  restored(machine, step, INSTANTS[(step + first) % INSTANTS.length]),
              "parts");
      assertThat(parts).as("seed %d, shift %d", seed, shift).hasSameBinaryContentAs(whole);
    }
  }

  @Test
  void whoSavesAndGoesOnDoesNotNotice() throws Exception {
    Path whole = play(9, (machine, step) -> machine, "whole");
    Path saved =
        play(
            9,
            (machine, step) -> {
              for (long after : INSTANTS) {
                runTo(machine, BEGIN + step * STEP + Math.max(after, 1));
                machine.save(folder.resolve("saved"));
              }
              return machine;
            },
            "went on");
    assertThat(saved).hasSameBinaryContentAs(whole);
  }

  /** A machine whose driver has everything and has given nothing back. */
  private Path saveInFlight(PokedNet[] net, ClockMode clock) throws Exception {
    card.lazy = true;
    card.keeps = true;
    try (Machine machine = begun(clock)) {
      net[0] = new PokedNet(machine, DEVICE);
      net[0].begin();
      SavedDevices.frames(6).forEach(net[0]::send);
      runTo(machine, BEGIN + 10_000);
      Path file = folder.resolve("saved");
      machine.save(file);
      return file;
    }
  }

  @ParameterizedTest
  @CsvSource({"REAL, REAL", "REAL, VIRTUAL", "VIRTUAL, REAL"})
  void onEitherClockNothingIsLostAndNothingSentTwice(ClockMode before, ClockMode after)
      throws Exception {
    PokedNet[] net = new PokedNet[1];
    Path file = saveInFlight(net, before);
    card.lazy = false;
    try (Machine machine = restore(file, after)) {
      net[0].in(machine);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      net[0].collect();
      assertThat(hex(card.wire)).isEqualTo(hex(SavedDevices.frames(6)));
      assertThat(net[0].sent).isEqualTo(6);
      assertThat(net[0].arrived.stream().map(whole -> Arrays.copyOfRange(whole, 12, whole.length)))
          .containsExactlyElementsOf(SavedDevices.frames(6));
    }
  }

  /** The file format is a promise: {@link SavedMachineFixture} wrote this one. */
  @Test
  void aMachineThatAnEarlierBuildSavedGoesOn() throws Exception {
    SavedDevices devices = new SavedDevices(folder);
    Path file = Path.of("src/test/resources/org/tenon/hv/machine/saved-3.tenon");
    try (Machine machine = devices.restore(file, ClockMode.VIRTUAL)) {
      Path again = folder.resolve("again");
      machine.save(again);
      assertThat(again).hasSameBinaryContentAs(file);
      PokedNet net = new PokedNet(machine, DEVICE);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      net.collect();
      List<byte[]> all = SavedDevices.frames(SavedDevices.SENT + SavedDevices.WAITING);
      assertThat(hex(devices.card.wire))
          .as("what was not sent yet, and nothing else")
          .isEqualTo(hex(all.subList(SavedDevices.SENT, all.size())));
      assertThat(net.sent).isEqualTo(all.size());
      assertThat(net.arrived.stream().map(whole -> Arrays.copyOfRange(whole, 12, whole.length)))
          .containsExactlyElementsOf(all);
      assertThat(net.status()).isEqualTo(15);
    }
  }

  @Test
  void theDriverHearsWhichFramesTheGuestWants() throws Exception {
    Path file = folder.resolve("saved");
    List<String> told;
    try (Machine machine = begun(ClockMode.VIRTUAL)) {
      PokedNet net = new PokedNet(machine, DEVICE);
      net.begin();
      net.command(2, 0, 7, 0);
      net.command(0, 0, 1);
      runTo(machine, BEGIN + 10_000);
      net.collect();
      assertThat(net.answers).containsExactly(0, 0);
      machine.save(file);
      told = List.copyOf(card.told);
    }
    card.fresh();
    restore(file, ClockMode.VIRTUAL).close();
    assertThat(card.told.getFirst()).isEqualTo(told.getLast()).contains("vlans=[7]");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aQueueThatIsResetForgetsWhatItHeldBack(boolean saved) throws Exception {
    Machine machine = begun(ClockMode.VIRTUAL);
    try {
      PokedNet net = new PokedNet(machine, DEVICE);
      net.begin();
      SavedDevices.frames(3).forEach(net::send);
      runTo(machine, BEGIN + 10_000);
      net.resetQueue(1);
      if (saved) {
        machine = restored(machine, 0, 10_008);
      }
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      assertThat(card.wire).isEmpty();
      net.in(machine);
      net.collect();
      assertThat(net.sent).isZero();
    } finally {
      machine.close();
    }
  }

  @Test
  void aGuestHearsThatItsCableIsOut() throws Exception {
    Path file = folder.resolve("saved");
    PokedNet net;
    try (Machine machine = begun(ClockMode.VIRTUAL)) {
      net = new PokedNet(machine, DEVICE);
      net.begin();
      runTo(machine, BEGIN + 10_000);
      machine.save(file);
    }
    try (Machine machine = restore(file, ClockMode.VIRTUAL)) {
      net.in(machine);
      assertThat(net.generation()).isZero();
    }
    card.link = NicLink.DOWN;
    try (Machine machine = restore(file, ClockMode.VIRTUAL)) {
      net.in(machine);
      assertThat(net.generation()).isOne();
    }
  }

  @Test
  void aCardInAHotPlugSlotGoesWithItsMachine() throws Exception {
    Path file = folder.resolve("saved");
    PokedNet net;
    try (Machine machine = new Machine(config(ClockMode.VIRTUAL))) {
      runTo(machine, BEGIN);
      plug(machine);
      HotPlugTest.placeBars(HotPlugTest.powerOn(machine, 1));
      net = new PokedNet(machine, 32);
      net.begin();
      SavedDevices.frames(4).forEach(net::send);
      runTo(machine, BEGIN + 10_000);
      machine.save(file);
    }
    try (Machine machine = restore(file, ClockMode.VIRTUAL)) {
      net.in(machine);
      runTo(machine, BEGIN + STEP);
      net.collect();
      assertThat(net.sent).isEqualTo(4);
      assertThat(net.arrived).hasSize(4);
      assertThat(hex(card.wire)).isEqualTo(hex(SavedDevices.frames(4)));
      machine.yank("nic0");
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
  }

  /** Who restores it need not know in which order its devices came. */
  @Test
  void aSavedMachineSaysWhatItHadNext() throws Exception {
    Path file = folder.resolve("saved");
    DiskConfig disk =
        new DiskConfig(DiskModel.NVME, new MemoryDisk(), Config.of(List.of(), Map.of()));
    try (Machine machine = begun(ClockMode.VIRTUAL)) {
      assertThat(machine.awaited()).as("it is not restored").isNull();
      machine.plug(disk);
      plug(machine);
      machine.save(file);
    }
    List<DeviceKind> had = new ArrayList<>();
    try (SavedMachine saved = SavedMachine.open(file)) {
      Machine.restore(
              config(ClockMode.VIRTUAL),
              saved,
              machine -> {
                for (DeviceKind next = machine.awaited(); next != null; next = machine.awaited()) {
                  had.add(next);
                  String _ = next == DeviceKind.DISK ? machine.plug(disk) : machine.plug(nic(card));
                }
              })
          .close();
    }
    assertThat(had).containsExactly(DeviceKind.NIC, DeviceKind.DISK, DeviceKind.NIC);
    refused(
        file,
        "device 2 of the saved machine is a disk, not a network card; name the same devices",
        machine -> {
          plug(machine);
          plug(machine);
        });
  }

  @Test
  void aDriverThatRefusesIsHeardAndTheExchangeGoesOn() throws Exception {
    card.refusal = "its capture cannot be continued";
    try (Machine machine = begun(ClockMode.VIRTUAL)) {
      PokedNet net = new PokedNet(machine, DEVICE);
      net.begin();
      SavedDevices.frames(3).forEach(net::send);
      runTo(machine, BEGIN + 10_000);
      assertThatThrownBy(() -> machine.save(folder.resolve("saved")))
          .isInstanceOf(StateException.class)
          .hasMessage("nic0: the driver's save failed: its capture cannot be continued");
      assertThat(folder).isEmptyDirectory();
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      net.collect();
      assertThat(net.arrived).hasSize(3);
    }
  }

  private void refused(Path file, String why, Machine.Plugging<?> plugging) {
    assertThatThrownBy(
            () -> {
              try (SavedMachine saved = SavedMachine.open(file)) {
                Machine.restore(config(ClockMode.VIRTUAL), saved, plugging).close();
              }
            })
        .isInstanceOf(StateException.class)
        .hasMessage(why);
  }

  @Test
  void onlyTheSameCardTakesItsPlace() throws Exception {
    Path file = saveInFlight(new PokedNet[1], ClockMode.VIRTUAL);
    refused(
        file,
        "the saved machine has more than the 0 devices here; name the same, in the same order",
        machine -> {});
    WireCard other = new WireCard();
    other.id = "other-wire";
    refused(
        file,
        "the saved machine has a network card of driver wire here, not other-wire",
        machine -> machine.plug(nic(other)));
    other.id = "wire";
    other.address = MacAddress.parse("02:00:00:00:00:02");
    refused(
        file,
        "the saved machine has a network card with address 02:00:00:00:00:01, an MTU of 1500, 32"
            + " segments and 65557 bytes to cut here, not address 02:00:00:00:00:02, an MTU of"
            + " 1500, 32 segments and 65557 bytes to cut",
        machine -> machine.plug(nic(other)));
    other.address = card.address;
    other.wanted = Set.of(NicCapabilities.SCATTERED_RECEIVE);
    assertThatThrownBy(
            () -> {
              try (SavedMachine saved = SavedMachine.open(file)) {
                Machine.restore(
                        config(ClockMode.VIRTUAL), saved, machine -> machine.plug(nic(other)))
                    .close();
              }
            })
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the saved machine has a driver that agreed on Agreement[")
        .hasMessageContaining("capabilities=scattered-receive, queuePairs=1");
    refused(
        file,
        "the saved machine has 1 devices and no more",
        machine -> {
          plug(machine);
          machine.plug(nic(other));
        });
  }
}
