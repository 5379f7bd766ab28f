package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;

/**
 * A machine with a network card, a partner's function and each virtio device without a driver; the
 * card has frames in both directions. {@link SavedDisks} has the disks.
 */
final class SavedDevices {
  /** When the guest sends. */
  static final long ASKED = 5_000_000;

  /** Frames that have come back, and those that wait to be sent. */
  static final int SENT = 2;

  static final int WAITING = 3;

  final WireCard card = new WireCard();
  private final Path sockets;

  /**
   * Devices whose sockets and files are in a folder.
   *
   * @param sockets with a short name
   */
  SavedDevices(Path sockets) {
    this.sockets = sockets;
  }

  static byte[] frame(int number) {
    byte[] frame = PokedGuest.pattern(number, 100 + 200 * number);
    frame[0] = 2;
    return frame;
  }

  static List<byte[]> frames(int count) {
    return IntStream.range(0, count).mapToObj(SavedDevices::frame).toList();
  }

  void plugAll(Machine machine) throws AttachException {
    try {
      Config nothing = Config.of(List.of(), Map.of());
      machine.plug(new NicConfig(card, nothing, null, 1));
      machine.plug(new DeviceConfig(new LetterDevice(), nothing));
      machine.plug(new RngConfig(OptionalLong.of(1)));
      machine.plug(new BalloonConfig(1 << 20, true));
      machine.plug(
          new ConsoleConfig(
              List.of(new PortConfig("log", PortConfig.Kind.FILE, sockets.resolve("log")))));
      machine.plug(new VsockConfig(3, sockets.resolve("vsock")));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Machine restore(Path file, ClockMode clock) throws IOException, StateException, AttachException {
    try (SavedMachine saved = SavedMachine.open(file)) {
      return Machine.restore(SavedNicsTest.config(clock), saved, this::plugAll);
    }
  }

  /** A saved machine with frames in flight. */
  byte[] inFlight() throws BootException, AttachException, IOException, StateException {
    card.fresh();
    Path file = Files.createTempFile("saved", ".tenon");
    try (Machine machine = new Machine(SavedNicsTest.config(ClockMode.VIRTUAL))) {
      plugAll(machine);
      runTo(machine, ASKED);
      PokedNet net = new PokedNet(machine, 1);
      net.begin();
      frames(SENT).forEach(net::send);
      runTo(machine, ASKED + 50_000);
      IntStream.range(SENT, SENT + WAITING).mapToObj(SavedDevices::frame).forEach(net::send);
      net.command(0, 0, 1);
      runTo(machine, ASKED + 60_000);
      machine.save(file);
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static void runTo(Machine machine, long nanos) {
    machine.stopAt(nanos);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
  }
}
