package org.tenon.hv.virtio;

/** How a driver broke the rules of a virtqueue. The queue stops, and the device needs a reset. */
public enum RingError {
  /**
   * The available index moved by more than the queue size (2.7.8), or more buffers are exposed than
   * fit.
   */
  INDEX_JUMP("more buffers are exposed than the queue holds"),
  /** A head or a next field names no entry of its table (2.7.5). */
  INDEX_OUT_OF_RANGE("a descriptor index is outside its table"),
  /** A chain is longer than its table, so that it loops, or than the device allows (2.7.5.3.1). */
  CHAIN_TOO_LONG("a descriptor chain loops or is too long"),
  /** A descriptor names memory that is not RAM (2.7.5). */
  BAD_ADDRESS("a descriptor points outside guest RAM"),
  /** A chain describes more than 2^32 bytes (2.7.5.2). */
  CHAIN_TOO_LARGE("a descriptor chain exceeds 4 GiB"),
  /** A device-readable descriptor follows a device-writable one (2.7.4.2). */
  READABLE_AFTER_WRITABLE("a device-readable descriptor follows a device-writable one"),
  /** An indirect descriptor without VIRTIO_F_INDIRECT_DESC (2.7.5.3.1). */
  INDIRECT_NOT_NEGOTIATED("an indirect descriptor was used without being negotiated"),
  /** An indirect descriptor inside an indirect table (2.7.5.3.1). */
  INDIRECT_NESTED("an indirect table holds an indirect descriptor"),
  /** An indirect descriptor that is also chained (2.7.5.3.1, 2.8.19). */
  INDIRECT_CHAINED("an indirect descriptor is chained to another"),
  /** The length of an indirect table is not a positive multiple of 16 (2.7.5.3). */
  INDIRECT_LENGTH("an indirect table's length is no multiple of a descriptor"),
  /** A list in a packed ring has a descriptor that is not available (2.8.6). */
  LIST_INCOMPLETE("a descriptor list continues with a descriptor that is not available"),
  /** A request has no device-writable byte for its status (5.2.6). */
  NO_STATUS("a request has no room for its status");

  private final String words;

  RingError(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
