package org.tenon.kit.testing.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.tenon.api.Stability;
import org.tenon.kit.testing.wire.ffi.NetworkNamespace;
import org.tenon.kit.testing.wire.ffi.PeerTap;

/**
 * A Linux TAP interface for the driver, in a network namespace of its own, joined by a bridge that
 * learns nothing to a second one that the test holds. What leaves has been through the kernel,
 * which fills in checksums and cuts frames as it does for a wire. Needs Linux, the commands {@code
 * ip} and {@code bridge} of iproute2, and the right to make namespaces.
 *
 * <pre>{@code
 * driver ─▶ card0 ─▶ kernel's bridge ─▶ peer0 ─▶ test
 *                      wire0 └─▶ kernel's own stack: the station
 * }</pre>
 *
 * @param interfaceSetting the driver's configuration key that takes the interface's name
 * @param namespaceSetting the one that takes the namespace's
 * @param settings further settings, the same for every wire
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record TapWiring(
    String interfaceSetting, String namespaceSetting, Map<String, String> settings)
    implements Wiring {
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** There where the host's kernel knows VLANs: its module 8021q is loaded. */
  private static final Path VLANS = Path.of("/proc/net/vlan/config");

  private static final String CARD = "card0";
  private static final String PEER = "peer0";
  private static final String BRIDGE = "wire0";

  /** Copies the settings. */
  public TapWiring {
    settings = Map.copyOf(settings);
  }

  @Override
  public String title() {
    return "TAP interface";
  }

  @Override
  public Set<Wire.Ability> abilities() {
    Set<Wire.Ability> abilities =
        EnumSet.of(
            Wire.Ability.OBSERVES,
            Wire.Ability.INJECTS,
            Wire.Ability.CHANGES_LINK,
            Wire.Ability.HAS_STATION);
    if (Files.exists(VLANS)) {
      abilities.add(Wire.Ability.HAS_STATION_IN_VLANS);
    }
    return Collections.unmodifiableSet(abilities);
  }

  @Override
  public Wire lay(Path folder) throws IOException {
    String namespace =
        "tenon-%d-%d".formatted(ProcessHandle.current().pid(), NUMBERS.getAndIncrement());
    run("ip", "netns", "add", namespace);
    try {
      inside(namespace, "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
      // Where the bridge asks the packet filter it cuts a frame to the length that its IP header
      // says.
      inside(
          namespace,
          "for ask in /proc/sys/net/bridge/bridge-nf-call-*; do"
              + " [ ! -e $ask ] || echo 0 > $ask; done");
      for (String line :
          List.of(
              "link add name wire0 type bridge stp_state 0 mcast_snooping 0",
              "tuntap add dev card0 mode tap multi_queue",
              "tuntap add dev peer0 mode tap",
              "link set dev wire0 address 02:00:5e:ff:00:01 mtu 9000 up",
              "link set dev peer0 address 02:00:5e:ff:00:02 mtu 9000 master wire0 up",
              "link set dev card0 address 02:00:5e:ff:00:03 master wire0 up")) {
        ip(namespace, line);
      }
      for (String port : List.of(CARD, PEER)) {
        run("bridge", "-n", namespace, "link", "set", "dev", port, "learning", "off");
      }
      return new TapWire(namespace, PeerTap.open(Path.of("/run/netns", namespace), PEER));
    } catch (IOException e) {
      run("ip", "netns", "del", namespace);
      throw e;
    }
  }

  private static void inside(String namespace, String script) throws IOException {
    run("ip", "netns", "exec", namespace, "sh", "-c", script);
  }

  private static void ip(String namespace, String line) throws IOException {
    String[] words = ("ip -n " + namespace + " " + line).split(" ");
    run(words);
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(
            "'%s' said: %s".formatted(String.join(" ", command), said.strip().replace('\n', ' ')));
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted during " + String.join(" ", command), e);
    } finally {
      process.destroy();
    }
  }

  /** The kernel's own stack, by the bridge's own interface. */
  private record BridgeStation(String namespace) implements Station {
    /** The longest packet that the card takes, so that no frame is lost on its way to it. */
    private static final int MTU = 1500;

    @Override
    public ServerSocketChannel listen(int port) throws IOException {
      return NetworkNamespace.inside(
          Path.of("/run/netns", namespace),
          () -> ServerSocketChannel.open().bind(new InetSocketAddress(port)));
    }

    @Override
    public void answer(int vlan, String... addresses) throws IOException {
      String device = vlan == 0 ? BRIDGE : BRIDGE + "." + vlan;
      if (vlan == 0) {
        ip(namespace, "link set dev %s mtu %d".formatted(device, MTU));
      } else {
        ip(namespace, "link add link %s name %s type vlan id %d".formatted(BRIDGE, device, vlan));
        ip(namespace, "link set dev %s up".formatted(device));
      }
      inside(namespace, "echo 0 > /proc/sys/net/ipv6/conf/%s/disable_ipv6".formatted(device));
      for (String address : addresses) {
        ip(namespace, "addr add %s dev %s nodad".formatted(address, device));
      }
    }
  }

  /** One wire. */
  private final class TapWire implements Wire {
    private static final Duration SETTLES = Duration.ofSeconds(5);

    private final String namespace;
    private final PeerTap peer;
    private boolean settled;

    TapWire(String namespace, PeerTap peer) {
      this.namespace = namespace;
      this.peer = peer;
    }

    @Override
    public Map<String, String> settings() {
      Map<String, String> all = new HashMap<>(settings);
      all.put(interfaceSetting, CARD);
      all.put(namespaceSetting, namespace);
      return all;
    }

    /**
     * The bridge passes what fits the interface's MTU and one tag: a little more than the driver
     * has read, so that the longest frame of two tags comes.
     */
    @Override
    public void attached() {
      command("link set dev card0 mtu 1504");
      settle();
    }

    @Override
    public void inject(byte[] frame) {
      settle();
      peer.write(frame);
    }

    @Override
    public Optional<byte[]> observe(Duration limit) {
      return peer.read(limit);
    }

    @Override
    public void setLink(boolean up) {
      command("link set dev card0 " + (up ? "up" : "down"));
      settled = false;
      if (up) {
        settle();
      }
    }

    @Override
    public Station station() {
      return new BridgeStation(namespace);
    }

    @Override
    public void close() {
      peer.close();
      try {
        run("ip", "netns", "del", namespace);
      } catch (IOException e) {
        throw new IllegalStateException("the wire is not taken away", e);
      }
    }

    /** Waits until the bridge forwards for both interfaces. */
    private void settle() {
      long end = System.nanoTime() + SETTLES.toNanos();
      while (!settled && System.nanoTime() < end) {
        try {
          String ports = run("bridge", "-n", namespace, "link", "show");
          settled = ports.lines().filter(line -> line.contains("state forwarding")).count() == 2;
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private void command(String line) {
      try {
        ip(namespace, line);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
