package org.tenon.hv.virtio.net;

import java.util.List;
import java.util.Optional;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.hv.virtio.BufferState;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicSteering;

/**
 * What is saved of a network device beside the common part ({@link
 * org.tenon.hv.virtio.VirtioState}) and the driver's own state.
 *
 * @param features what was agreed; 0 before FEATURES_OK
 * @param link as the guest sees it
 * @param running what a guest's driver has made of the device; empty where none has started it
 */
@StateFormat(name = "virtio-net", version = 1)
public record NetState(long features, Link link, Optional<Running> running) {

  /** As {@link NicLink}. */
  public record Link(boolean up, int megabitsPerSecond, boolean fullDuplex) {
    /** Checks the speed. */
    public Link {
      new NicLink(up, megabitsPerSecond, fullDuplex);
    }

    static Link of(NicLink link) {
      return new Link(link.up(), link.megabitsPerSecond(), link.fullDuplex());
    }
  }

  /**
   * What a driver has made of the device.
   *
   * @param rules which frames it wants, and where
   * @param command the one of the control queue that is obeyed and not answered
   * @param received buffers of the receive queues, for each queue in the order in which they are
   *     filled
   * @param sent frames of the transmit queues, for each queue in the order of sending
   */
  public record Running(
      Rules rules, Optional<BufferState> command, List<Received> received, List<Sent> sent) {
    /** Copies the lists. */
    public Running {
      received = List.copyOf(received);
      sent = List.copyOf(sent);
    }
  }

  /**
   * What the control queue has set.
   *
   * @param address the card's, as a number
   * @param promiscuous whether every frame passes
   * @param allGroups whether every frame to a group does
   * @param allVlans whether frames of every VLAN do
   * @param stations addresses that pass
   * @param groups addresses of groups that do
   * @param vlans those that do
   * @param pairs over how many queues flows are spread
   * @param steering how, where the guest has said it
   */
  public record Rules(
      long address,
      boolean promiscuous,
      boolean allGroups,
      boolean allVlans,
      List<Long> stations,
      List<Long> groups,
      List<Integer> vlans,
      int pairs,
      Optional<Steering> steering) {
    /** Checks the ranges. */
    public Rules {
      stations = List.copyOf(stations);
      groups = List.copyOf(groups);
      vlans = List.copyOf(vlans);
      new MacAddress(address);
      stations.forEach(MacAddress::new);
      groups.forEach(MacAddress::new);
      boolean exist = vlans.stream().allMatch(vlan -> vlan >= 0 && vlan <= NicFilter.LAST_VLAN);
      if (!exist || pairs < 1 || pairs > NicOffer.QUEUE_PAIRS_LIMIT) {
        throw new IllegalArgumentException("no network device has VLANs %s".formatted(vlans));
      }
    }
  }

  /** As {@link NicSteering}. */
  public record Steering(int types, List<Integer> key, List<Integer> table, int unclassified) {
    /** Checks the ranges. */
    public Steering {
      NicSteering checked = new NicSteering(types, key, table, unclassified);
      key = checked.key();
      table = checked.table();
    }

    static Steering of(NicSteering steering) {
      return new Steering(
          steering.types(), steering.key(), steering.table(), steering.unclassified());
    }

    NicSteering steering() {
      return new NicSteering(types, key, table, unclassified);
    }
  }

  /**
   * A buffer for frames that arrive.
   *
   * @param pair which pair of queues
   * @param buffer the guest's
   * @param bytes how much of a frame it holds; 0 where it waits for one
   * @param more whether the frame goes on in the next
   * @param offload of the frame, as {@link org.tenon.spi.net.NicOffload} packs it
   */
  public record Received(int pair, BufferState buffer, int bytes, boolean more, long offload) {
    /** Checks the parts against one another. */
    public Received {
      if (pair < 0 || bytes < 0 || (bytes == 0 && (more || offload != 0))) {
        throw new IllegalArgumentException(
            "no buffer of pair %d holds %d bytes".formatted(pair, bytes));
      }
    }
  }

  /**
   * A frame to send.
   *
   * @param pair which pair of queues
   * @param buffer the guest's, without the header
   * @param offload of the frame, as {@link org.tenon.spi.net.NicOffload} packs it
   * @param answered whether the driver has sent it, so that only the buffer is to be given back
   * @param status how that ended: a code of {@link org.tenon.api.Status}
   */
  public record Sent(int pair, BufferState buffer, long offload, boolean answered, int status) {
    /** Checks the parts against one another. */
    public Sent {
      if (pair < 0 || (!answered && status != 0)) {
        throw new IllegalArgumentException(
            "no frame of pair %d has status %d".formatted(pair, status));
      }
    }
  }
}
