package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/**
 * Feature bits of VIRTIO 1.2, each as a mask: section 6 for all devices, section 5.2.3 for block
 * devices, section 5.1.3 for network cards.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioFeature {
  /** VIRTIO_F_INDIRECT_DESC: a descriptor may point at a table of descriptors. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX: each side names the index at which it wants to be notified. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1: not a legacy device. */
  public static final long VERSION_1 = 1L << 32;

  /** VIRTIO_F_RING_PACKED: packed virtqueues. */
  public static final long RING_PACKED = 1L << 34;

  /** VIRTIO_BLK_F_SIZE_MAX: a limit on the length of a segment. */
  public static final long BLK_SIZE_MAX = 1L << 1;

  /** VIRTIO_BLK_F_SEG_MAX: a limit on the number of segments. */
  public static final long BLK_SEG_MAX = 1L << 2;

  /** VIRTIO_BLK_F_GEOMETRY: cylinders, heads and sectors. */
  public static final long BLK_GEOMETRY = 1L << 4;

  /** VIRTIO_BLK_F_RO: the device is read-only. */
  public static final long BLK_RO = 1L << 5;

  /** VIRTIO_BLK_F_BLK_SIZE: the logical block size is told. */
  public static final long BLK_BLK_SIZE = 1L << 6;

  /** VIRTIO_BLK_F_FLUSH: there is a cache, and it can be flushed. */
  public static final long BLK_FLUSH = 1L << 9;

  /** VIRTIO_BLK_F_TOPOLOGY: physical block, alignment and optimal sizes are told. */
  public static final long BLK_TOPOLOGY = 1L << 10;

  /** VIRTIO_BLK_F_CONFIG_WCE: the guest can switch the cache. */
  public static final long BLK_CONFIG_WCE = 1L << 11;

  /** VIRTIO_BLK_F_MQ: more than one queue. */
  public static final long BLK_MQ = 1L << 12;

  /** VIRTIO_BLK_F_DISCARD: blocks can be given back. */
  public static final long BLK_DISCARD = 1L << 13;

  /** VIRTIO_BLK_F_WRITE_ZEROES: blocks can be zeroed without data. */
  public static final long BLK_WRITE_ZEROES = 1L << 14;

  /** VIRTIO_NET_F_CSUM: a frame to send may lack its checksum. */
  public static final long NET_CSUM = 1L << 0;

  /**
   * VIRTIO_NET_F_GUEST_CSUM: a frame that arrives may lack its checksum, or be said to have a right
   * one.
   */
  public static final long NET_GUEST_CSUM = 1L << 1;

  /** VIRTIO_NET_F_MTU: the longest packet is told. */
  public static final long NET_MTU = 1L << 3;

  /** VIRTIO_NET_F_MAC: the card's address is told. */
  public static final long NET_MAC = 1L << 5;

  /** VIRTIO_NET_F_GUEST_TSO4: TCP over IPv4 may arrive joined. */
  public static final long NET_GUEST_TSO4 = 1L << 7;

  /** VIRTIO_NET_F_GUEST_TSO6: TCP over IPv6 may arrive joined. */
  public static final long NET_GUEST_TSO6 = 1L << 8;

  /** VIRTIO_NET_F_GUEST_ECN: joined frames may carry CWR. */
  public static final long NET_GUEST_ECN = 1L << 9;

  /** VIRTIO_NET_F_HOST_TSO4: the card cuts TCP over IPv4. */
  public static final long NET_HOST_TSO4 = 1L << 11;

  /** VIRTIO_NET_F_HOST_TSO6: the card cuts TCP over IPv6. */
  public static final long NET_HOST_TSO6 = 1L << 12;

  /** VIRTIO_NET_F_HOST_ECN: the card cuts frames with CWR. */
  public static final long NET_HOST_ECN = 1L << 13;

  /** VIRTIO_NET_F_MRG_RXBUF: a frame may take several buffers. */
  public static final long NET_MRG_RXBUF = 1L << 15;

  /** VIRTIO_NET_F_STATUS: the link's state is told. */
  public static final long NET_STATUS = 1L << 16;

  /** VIRTIO_NET_F_CTRL_VQ: there is a control queue. */
  public static final long NET_CTRL_VQ = 1L << 17;

  /** VIRTIO_NET_F_CTRL_RX: the guest chooses by address which frames arrive. */
  public static final long NET_CTRL_RX = 1L << 18;

  /** VIRTIO_NET_F_CTRL_VLAN: the guest chooses by VLAN. */
  public static final long NET_CTRL_VLAN = 1L << 19;

  /** VIRTIO_NET_F_MQ: several pairs of queues. */
  public static final long NET_MQ = 1L << 22;

  /** VIRTIO_NET_F_CTRL_MAC_ADDR: the guest sets the card's address. */
  public static final long NET_CTRL_MAC_ADDR = 1L << 23;

  /** VIRTIO_NET_F_RSS: the guest says where frames arrive. */
  public static final long NET_RSS = 1L << 60;

  /** VIRTIO_NET_F_SPEED_DUPLEX: the link's speed is told. */
  public static final long NET_SPEED_DUPLEX = 1L << 63;

  private VirtioFeature() {}
}
