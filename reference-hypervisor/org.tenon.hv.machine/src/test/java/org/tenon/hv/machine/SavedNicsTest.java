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
  private static final int STEPS = 20;

  /** After a step: before anything is taken, held back, around the exchange, later. */
  private static final long[] INSTANTS = {
    0, 8, 400, 25_000, 49_992, 50_000, 50_008, 50_400, 99_992, 100_008, 650_000
  };

  @TempDir private Path folder;
  private final WireCard card = new WireCard();

  private static MachineConfig config(ClockMode clock) {
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
  @ValueSource(longs = {1, 2, 3, 4})
  void inOneGoOrSavedAtAnyInstant(long seed) throws Exception {
    Path whole = play(seed, (machine, step) -> machine, "whole");
    for (int shift = 0; shift < INSTANTS.length; shift++) {
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
}
