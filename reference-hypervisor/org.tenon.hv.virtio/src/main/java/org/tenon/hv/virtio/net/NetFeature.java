package org.tenon.hv.virtio.net;

import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;

/** Feature bits of a network device (VIRTIO 1.2, 5.1.3). */
public final class NetFeature {
  /** VIRTIO_NET_F_CSUM: frames to send may lack their checksum. */
  public static final long CSUM = 1L;

  /** VIRTIO_NET_F_GUEST_CSUM: frames that arrive may. */
  public static final long GUEST_CSUM = 1L << 1;

  /** VIRTIO_NET_F_MTU. */
  public static final long MTU = 1L << 3;

  /** VIRTIO_NET_F_MAC. */
  public static final long MAC = 1L << 5;

  /** VIRTIO_NET_F_GUEST_TSO4. */
  public static final long GUEST_TSO4 = 1L << 7;

  /** VIRTIO_NET_F_GUEST_TSO6. */
  public static final long GUEST_TSO6 = 1L << 8;

  /** VIRTIO_NET_F_GUEST_ECN. */
  public static final long GUEST_ECN = 1L << 9;

  /** VIRTIO_NET_F_HOST_TSO4. */
  public static final long HOST_TSO4 = 1L << 11;

  /** VIRTIO_NET_F_HOST_TSO6. */
  public static final long HOST_TSO6 = 1L << 12;

  /** VIRTIO_NET_F_HOST_ECN. */
  public static final long HOST_ECN = 1L << 13;

  /** VIRTIO_NET_F_MRG_RXBUF: a frame may take several buffers. */
  public static final long MRG_RXBUF = 1L << 15;

  /** VIRTIO_NET_F_STATUS: the link's state is told. */
  public static final long STATUS = 1L << 16;

  /** VIRTIO_NET_F_CTRL_VQ. */
  public static final long CTRL_VQ = 1L << 17;

  /** VIRTIO_NET_F_CTRL_RX. */
  public static final long CTRL_RX = 1L << 18;

  /** VIRTIO_NET_F_CTRL_VLAN. */
  public static final long CTRL_VLAN = 1L << 19;

  /** VIRTIO_NET_F_MQ. */
  public static final long MQ = 1L << 22;

  /** VIRTIO_NET_F_CTRL_MAC_ADDR. */
  public static final long CTRL_MAC_ADDR = 1L << 23;

  /** VIRTIO_NET_F_RSS. */
  public static final long RSS = 1L << 60;

  /** VIRTIO_NET_F_SPEED_DUPLEX. */
  public static final long SPEED_DUPLEX = 1L << 63;

  /**
   * The most pieces in which a Linux guest with {@link #CSUM} hands over a frame: it gathers no
   * pieces without. A driver that takes fewer is not offered frames that lack their checksum.
   */
  private static final int GATHERED_SEGMENTS = 18;

  private NetFeature() {}

  /**
   * What a device offers.
   *
   * @param maxSegments the most segments of a frame that the driver takes
   */
  static long offer(NicAgreement agreement, int maxSegments) {
    boolean sums =
        agreement.has(NicCapabilities.TRANSMIT_CHECKSUM) && maxSegments >= GATHERED_SEGMENTS;
    boolean tcp4 = sums && agreement.has(NicCapabilities.TRANSMIT_TCP4);
    boolean tcp6 = sums && agreement.has(NicCapabilities.TRANSMIT_TCP6);
    boolean joined = agreement.has(NicCapabilities.RECEIVE_JOINED);
    boolean steers = agreement.queuePairs() > 1;
    boolean addresses = agreement.has(NicCapabilities.ADDRESS_FILTER);
    boolean vlans = agreement.has(NicCapabilities.VLAN_FILTER);
    return (MAC | MTU | STATUS | SPEED_DUPLEX)
        | when(sums, CSUM)
        | when(tcp4, HOST_TSO4)
        | when(tcp6, HOST_TSO6)
        | when(tcp4 || tcp6, HOST_ECN)
        | when(agreement.has(NicCapabilities.RECEIVE_CHECKSUM), GUEST_CSUM)
        | when(joined, GUEST_TSO4 | GUEST_TSO6 | GUEST_ECN)
        | when(agreement.has(NicCapabilities.SCATTERED_RECEIVE), MRG_RXBUF)
        | when(addresses || vlans || steers, CTRL_VQ)
        | when(addresses, CTRL_RX | CTRL_MAC_ADDR)
        | when(vlans, CTRL_VLAN)
        | when(steers, MQ | RSS);
  }

  private static long when(boolean holds, long bits) {
    return holds ? bits : 0;
  }

  /** Whether the features that were accepted come with those that they need (5.1.3.1). */
  static boolean isComplete(long accepted) {
    return needs(accepted, HOST_TSO4 | HOST_TSO6, CSUM)
        && needs(accepted, HOST_ECN, HOST_TSO4 | HOST_TSO6)
        && needs(accepted, GUEST_TSO4 | GUEST_TSO6, GUEST_CSUM)
        && needs(accepted, GUEST_ECN, GUEST_TSO4 | GUEST_TSO6)
        && needs(accepted, CTRL_RX | CTRL_VLAN | CTRL_MAC_ADDR | MQ | RSS, CTRL_VQ);
  }

  /** If any of the first is there, any of the second is. */
  private static boolean needs(long accepted, long any, long needed) {
    return (accepted & any) == 0 || (accepted & needed) != 0;
  }
}
