package org.tenon.hv.virtio.vsock;

/** What a packet is for: enum virtio_vsock_op (VIRTIO 1.2, 5.10.6). */
final class VsockOperation {
  /** Asks for a connection. */
  static final int REQUEST = 1;

  /** Agrees to one. */
  static final int RESPONSE = 2;

  /** Ends one at once, or refuses it. */
  static final int RST = 3;

  /** Sends, or receives, no more. */
  static final int SHUTDOWN = 4;

  /** Carries bytes. */
  static final int RW = 5;

  /** Tells how much room there is. */
  static final int CREDIT_UPDATE = 6;

  /** Asks how much room there is. */
  static final int CREDIT_REQUEST = 7;

  /** VIRTIO_VSOCK_SHUTDOWN_F_RECEIVE: whoever says so receives no more. */
  static final int NO_RECEIVE = 1;

  /** VIRTIO_VSOCK_SHUTDOWN_F_SEND: whoever says so sends no more. */
  static final int NO_SEND = 2;

  private VsockOperation() {}
}
