package org.tenon.hv.vswitch;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.vswitch.Departure.Tagging;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;

/**
 * One switch. It learns behind which port each station is, keeps VLANs apart, and bounds what one
 * port may have sent to all. Ports come and go by any thread; frames enter by their ports' threads.
 */
public final class VirtualSwitch implements AutoCloseable {
  /** The most ports at one time. */
  public static final int MAX_PORTS = 64;

  /** The longest frame of many segments in one: the largest IP packet and its headers. */
  static final int JOINED_BYTES = 65_535 + NicProperties.OVERHEAD_BYTES;

  private static final long AGE_NANOS = 300_000_000_000L;
  private static final int ADDRESSES_PER_PORT = 256;

  private final String name;
  private final int mtu;
  private final LongSupplier nanoTime;
  private final ExtensionLimits limits;
  private final AddressTable table;

  /** Changed with the switch's monitor, read by every port's thread. */
  private final AtomicReferenceArray<@Nullable Port> ports = new AtomicReferenceArray<>(MAX_PORTS);

  private final List<Uplink> uplinks = new ArrayList<>();
  private volatile ExtensionChain extensions = ExtensionChain.EMPTY;

  /**
   * A switch without ports.
   *
   * @param name as the user calls it
   * @param mtu the longest payload of a frame, in bytes: 68 to 65535
   */
  public VirtualSwitch(String name, int mtu) {
    this(name, mtu, System::nanoTime, new SecureRandom().nextLong(), ExtensionLimits.DEFAULT);
  }

  VirtualSwitch(String name, int mtu, LongSupplier nanoTime, long secret, ExtensionLimits limits) {
    this.name = name;
    this.mtu = mtu;
    this.nanoTime = nanoTime;
    this.limits = limits;
    table = new AddressTable(nanoTime, AGE_NANOS, MAX_PORTS, ADDRESSES_PER_PORT, secret);
  }

  /** As the user calls it. */
  public String name() {
    return name;
  }

  int mtu() {
    return mtu;
  }

  int longest() {
    return JOINED_BYTES;
  }

  boolean looksAtAll() {
    return extensions != ExtensionChain.EMPTY;
  }

  /**
   * A port for a guest's card.
   *
   * @param address what the card uses unless told otherwise
   * @throws IllegalArgumentException if there is no room, or a port of that name
   */
  public synchronized GuestPort guestPort(PortSettings settings, MacAddress address) {
    GuestPort port = new GuestPort(this, free(settings), settings, address, nanoTime);
    add(port);
    return port;
  }

  /**
   * Opens a partner's driver as an uplink; the switch closes it.
   *
   * @throws AttachException if the driver refuses, fails or hangs; nothing stays open
   * @throws IllegalArgumentException if there is no room, or a port of that name
   */
  public synchronized void uplink(PortSettings settings, NicDriverFactory driver, Config config)
      throws AttachException {
    add(new Uplink(this, free(settings), settings, driver, config, nanoTime));
  }

  /**
   * Opens an extension, behind those that there are; before the first port.
   *
   * @param failOpen whether the switch goes on without it where it breaks a promise; else it
   *     forwards nothing
   * @throws DriverException if it refuses, fails or does not return
   */
  public synchronized void extend(SwitchExtensionFactory factory, Config config, boolean failOpen)
      throws DriverException {
    extensions = extensions.with(Extension.open(name, factory, config, failOpen, limits));
  }

  synchronized int free(PortSettings settings) {
    int free = -1;
    for (int i = MAX_PORTS - 1; i >= 0; i--) {
      Port port = ports.get(i);
      if (port == null) {
        free = i;
      } else if (port.settings().name().equals(settings.name())) {
        throw new IllegalArgumentException(
            "switch %s has a port %s already".formatted(name, settings.name()));
      }
    }
    if (free < 0) {
      throw new IllegalArgumentException(
          "switch %s has %d ports, and no room for more".formatted(name, MAX_PORTS));
    }
    return free;
  }

  synchronized void add(Port port) {
    ports.set(port.number(), port);
    extensions.portAdded(port);
    if (port instanceof Uplink uplink) {
      uplinks.add(uplink);
    }
  }

  synchronized void remove(Port port) {
    if (ports.compareAndSet(port.number(), port, null)) {
      table.forgetPort(port.number());
      extensions.portRemoved(port.number());
    }
  }

  /** What has passed each port, by its name. */
  public synchronized Map<String, PortStatistics> statistics() {
    Map<String, PortStatistics> all = new LinkedHashMap<>();
    for (int i = 0; i < MAX_PORTS; i++) {
      Port port = ports.get(i);
      if (port != null) {
        all.put(port.settings().name(), port.statistics());
      }
    }
    return all;
  }

  /** What extensions did wrong; of each the first, after which it was not called any more. */
  public List<Fault> faults() {
    return extensions.faults();
  }

  /** A frame enters; the port's thread. */
  void enter(Frame frame, Port from) {
    from.entered(frame.length());
    if (frame.isImpossible() || frame.isFromGroup()) {
      from.invalid();
      return;
    }
    int own = from.settings().vlan();
    int vlan = own == 0 ? frame.taggedVlan() : own;
    if ((own != 0 && frame.isTagged()) || !from.settings().carries(vlan)) {
      from.badVlan();
      return;
    }
    frame.belongsTo(vlan);
    table.learn(frame.source(), vlan, from.number());
    long members = members(vlan) & ~(1L << from.number());
    Decision decision = from.decision;
    decision.begin(decide(frame, from, vlan) & members);
    extensions.forward(frame, decision);
    send(frame, decision.ports() & members, false);
    send(frame, decision.mirrors(), true);
  }

  private long decide(Frame frame, Port from, int vlan) {
    int known = frame.isToGroup() ? AddressTable.NONE : table.find(frame.destination(), vlan);
    if (known != AddressTable.NONE) {
      return 1L << known;
    }
    if (!from.floodLimit.take()) {
      from.flooded();
      return 0;
    }
    return -1;
  }

  private long members(int vlan) {
    long members = 0;
    for (int i = 0; i < MAX_PORTS; i++) {
      Port port = ports.get(i);
      if (port != null && port.settings().carries(vlan)) {
        members |= 1L << i;
      }
    }
    return members;
  }

  private void send(Frame frame, long to, boolean mirrored) {
    for (long left = to; left != 0; left &= left - 1) {
      Port port = ports.get(Long.numberOfTrailingZeros(left));
      if (port != null) {
        port.leave(frame, mirrored ? Tagging.KEEP : tagging(frame, port));
      }
    }
  }

  private static Tagging tagging(Frame frame, Port to) {
    if (to.settings().vlan() != 0) {
      return frame.isTagged() ? Tagging.REMOVE : Tagging.KEEP;
    }
    return frame.isTagged() || frame.vlan() == 0 ? Tagging.KEEP : Tagging.ADD;
  }

  /** Closes the uplinks' drivers and the extensions. Guests' ports are closed by their machines. */
  @Override
  public void close() {
    List<Uplink> open;
    synchronized (this) {
      open = List.copyOf(uplinks);
      uplinks.clear();
    }
    open.forEach(Uplink::close);
    extensions.close();
  }
}
