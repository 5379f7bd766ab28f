package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/** The request types and status bytes of VIRTIO 1.2 section 5.2.6. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioBlk {
  /** The device type of section 5. */
  public static final int DEVICE_TYPE = 2;

  /** The unit of every sector number, in bytes, whatever the block size. */
  public static final int SECTOR = 512;

  /** VIRTIO_BLK_T_IN: read. */
  public static final int IN = 0;

  /** VIRTIO_BLK_T_OUT: write. */
  public static final int OUT = 1;

  /** VIRTIO_BLK_T_FLUSH. */
  public static final int FLUSH = 4;

  /** VIRTIO_BLK_T_GET_ID: read the serial. */
  public static final int GET_ID = 8;

  /** VIRTIO_BLK_T_DISCARD. */
  public static final int DISCARD = 11;

  /** VIRTIO_BLK_T_WRITE_ZEROES. */
  public static final int WRITE_ZEROES = 13;

  /** VIRTIO_BLK_S_OK. */
  public static final int OK = 0;

  /** VIRTIO_BLK_S_IOERR. */
  public static final int IOERR = 1;

  /** VIRTIO_BLK_S_UNSUPP. */
  public static final int UNSUPP = 2;

  /** What a status byte holds until the device writes it. */
  public static final int NOT_WRITTEN = 0xEE;

  private VirtioBlk() {}

  /** A status byte in words, for people. */
  public static String statusName(int status) {
    return switch (status) {
      case OK -> "VIRTIO_BLK_S_OK";
      case IOERR -> "VIRTIO_BLK_S_IOERR";
      case UNSUPP -> "VIRTIO_BLK_S_UNSUPP";
      case NOT_WRITTEN -> "no status";
      default -> "status " + status;
    };
  }
}
