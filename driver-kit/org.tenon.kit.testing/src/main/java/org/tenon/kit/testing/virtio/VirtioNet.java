package org.tenon.kit.testing.virtio;

import org.tenon.api.Stability;

/** Numbers of virtio-net (VIRTIO 1.2 section 5.1). */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioNet {
  /** The device type. */
  public static final int DEVICE_TYPE = 1;

  /** Bytes of struct virtio_net_hdr, which stands before each frame. */
  public static final int HEADER_BYTES = 12;

  /** Control queue: which frames arrive. */
  public static final int CLASS_RX = 0;

  /** Control queue: addresses. */
  public static final int CLASS_MAC = 1;

  /** Control queue: VLANs. */
  public static final int CLASS_VLAN = 2;

  /** Control queue: pairs of queues. */
  public static final int CLASS_MQ = 4;

  /** The answer to a command that was obeyed. */
  public static final int OK = 0;

  /** The answer to a command that was not. */
  public static final int ERR = 1;

  private VirtioNet() {}
}
