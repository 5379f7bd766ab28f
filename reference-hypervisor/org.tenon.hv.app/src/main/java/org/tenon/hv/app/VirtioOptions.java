package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.machine.BalloonConfig;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.ConsoleConfig;
import org.tenon.hv.machine.DeviceKind;
import org.tenon.hv.machine.PortConfig;
import org.tenon.hv.machine.RngConfig;
import org.tenon.hv.machine.VirtioConfig;
import org.tenon.hv.machine.VsockConfig;
import picocli.CommandLine.Option;

/** The options of {@code tenon run} for virtio devices that need no partner's driver. */
final class VirtioOptions {
  @Option(
      names = "--rng",
      arity = "0..1",
      paramLabel = "seed=N",
      fallbackValue = "",
      description =
          "An entropy device. Under the virtual clock, or with a seed, its bytes are the same in"
              + " every run; else they are the host's.")
  private @Nullable String rng;

  @Option(
      names = "--port",
      paramLabel = "name=NAME,socket=PATH|file=PATH",
      description =
          "A virtio-serial port, in the guest /dev/virtio-ports/NAME: a Unix socket to connect to,"
              + " or a file that keeps what the guest writes; may be given more than once.")
  private List<String> ports = List.of();

  @Option(
      names = "--balloon",
      arity = "0..1",
      paramLabel = "size=SIZE,deflate-on-oom=on",
      fallbackValue = "",
      description =
          "A memory balloon, and how much of its memory the guest is to do without at first; the"
              + " command 'balloon' of --control changes that.")
  private @Nullable String balloon;

  @Option(
      names = "--vsock",
      paramLabel = "cid=N,path=SOCKET",
      description =
          "Stream sockets between guest and host (AF_VSOCK) over Unix sockets: programs on the host"
              + " connect to SOCKET; what serves the host's port P listens at SOCKET_P.")
  private @Nullable String vsock;

  /** Everything that was asked for, to be plugged in. */
  List<PlannedDevice> planned(ClockMode clock) throws InputException {
    return devices(clock).stream().map(VirtioOptions::planned).toList();
  }

  private static PlannedDevice planned(VirtioConfig device) {
    return new PlannedDevice(
        DeviceKind.VIRTIO,
        machine -> {
          try {
            machine.plug(device);
          } catch (IOException e) {
            throw new InputException(String.valueOf(e.getMessage()), e);
          }
        });
  }

  private List<VirtioConfig> devices(ClockMode clock) throws InputException {
    List<VirtioConfig> all = new ArrayList<>();
    if (rng != null) {
      all.add(rng(rng, clock));
    }
    if (balloon != null) {
      all.add(balloon(KeyValues.parse("--balloon", balloon, "size=64M")));
    }
    if (!ports.isEmpty()) {
      List<PortConfig> read = new ArrayList<>();
      for (String port : ports) {
        read.add(port(port));
      }
      all.add(new ConsoleConfig(read));
    }
    if (vsock != null) {
      all.add(vsock(KeyValues.parse("--vsock", vsock, "cid=3,path=guest.vsock")));
    }
    return all;
  }

  private static VsockConfig vsock(KeyValues given) throws InputException {
    String cid = given.take("cid");
    String path = given.take("path");
    given.end();
    if (cid == null || path == null) {
      throw given.wrong("sockets need a context id and a path");
    }
    try {
      return new VsockConfig(Long.parseLong(cid), Path.of(path));
    } catch (NumberFormatException e) {
      throw given.wrong("'%s' is no number".formatted(cid));
    }
  }

  private static BalloonConfig balloon(KeyValues given) throws InputException {
    String size = given.take("size");
    boolean deflateOnOom = given.takeSwitch("deflate-on-oom", false);
    given.end();
    return new BalloonConfig(size == null ? 0 : Sizes.parse("--balloon size", size), deflateOnOom);
  }

  private static PortConfig port(String text) throws InputException {
    KeyValues given = KeyValues.parse("--port", text, "name=org.example.agent,socket=agent.sock");
    String name = given.take("name");
    String socket = given.take("socket");
    String file = given.take("file");
    given.end();
    if (name == null || (socket == null) == (file == null)) {
      throw given.wrong("a port has a name, and a socket or a file");
    }
    return socket != null
        ? new PortConfig(name, PortConfig.Kind.SOCKET, Path.of(socket))
        : new PortConfig(name, PortConfig.Kind.FILE, Path.of(Objects.requireNonNull(file)));
  }

  private static RngConfig rng(String text, ClockMode clock) throws InputException {
    KeyValues given = KeyValues.parse("--rng", text, "seed=42");
    String seed = given.take("seed");
    given.end();
    if (seed == null) {
      return new RngConfig(clock == ClockMode.VIRTUAL ? OptionalLong.of(0) : OptionalLong.empty());
    }
    try {
      return new RngConfig(OptionalLong.of(Long.parseLong(seed)));
    } catch (NumberFormatException e) {
      throw given.wrong("'%s' is no 64-bit number".formatted(seed));
    }
  }
}
