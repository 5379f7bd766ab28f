package org.tenon.hv.virtio.console;

/** The configuration space, struct virtio_console_config (VIRTIO 1.2, 5.3.4). */
final class ConsoleRegisters {
  /** Bytes. */
  static final int SIZE = 12;

  /** The only field that a driver writes; its lowest byte is a character. */
  static final int EMERG_WR = 8;

  private static final int MAX_NR_PORTS = 4;

  private ConsoleRegisters() {}

  /** One byte of the space of a device with {@code ports} ports, of no known size. */
  static int read(int offset, int ports) {
    return offset >= MAX_NR_PORTS && offset < EMERG_WR
        ? ports >>> (8 * (offset - MAX_NR_PORTS)) & 0xff
        : 0;
  }
}
