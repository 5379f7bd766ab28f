package org.tenon.hv.virtio.blk;

/** Feature bits of a block device (VIRTIO 1.2, 5.2.3). */
public final class BlkFeature {
  /** VIRTIO_BLK_F_SIZE_MAX. */
  public static final long SIZE_MAX = 1L << 1;

  /** VIRTIO_BLK_F_SEG_MAX. */
  public static final long SEG_MAX = 1L << 2;

  /** VIRTIO_BLK_F_RO. */
  public static final long RO = 1L << 5;

  /** VIRTIO_BLK_F_BLK_SIZE. */
  public static final long BLK_SIZE = 1L << 6;

  /** VIRTIO_BLK_F_FLUSH. */
  public static final long FLUSH = 1L << 9;

  /** VIRTIO_BLK_F_TOPOLOGY. */
  public static final long TOPOLOGY = 1L << 10;

  /** VIRTIO_BLK_F_CONFIG_WCE. */
  public static final long CONFIG_WCE = 1L << 11;

  /** VIRTIO_BLK_F_MQ. */
  public static final long MQ = 1L << 12;

  /** VIRTIO_BLK_F_DISCARD. */
  public static final long DISCARD = 1L << 13;

  /** VIRTIO_BLK_F_WRITE_ZEROES. */
  public static final long WRITE_ZEROES = 1L << 14;

  private BlkFeature() {}
}
