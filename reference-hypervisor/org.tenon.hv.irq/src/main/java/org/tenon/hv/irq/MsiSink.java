package org.tenon.hv.irq;

/**
 * Where message-signalled interrupts go: a device's memory write into the interrupt address range.
 */
@FunctionalInterface
public interface MsiSink {
  /**
   * Delivers one message.
   *
   * @param address the message address, 0xFEE00000 to 0xFEEFFFFF; others are ignored
   * @param data the message data
   */
  void send(long address, int data);
}
