package org.tenon.hv.virtio.console;

/** Events of control messages, struct virtio_console_control (VIRTIO 1.2, 5.3.6.2). */
final class ControlEvent {
  /** Bytes of a message: port id, event and value; a name follows {@link #PORT_NAME}. */
  static final int BYTES = 8;

  /** The driver is ready for control messages. */
  static final int DEVICE_READY = 0;

  /** The device has a port. */
  static final int DEVICE_ADD = 1;

  /** The driver is ready to use a port. */
  static final int PORT_READY = 3;

  /** The port is a console. */
  static final int CONSOLE_PORT = 4;

  /** A side has opened or closed its end of the port. */
  static final int PORT_OPEN = 6;

  /** What the port is called. */
  static final int PORT_NAME = 7;

  private ControlEvent() {}
}
