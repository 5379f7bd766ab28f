package org.tenon.tck.hypervisor.guest;

/** COM1, polled: what the probe says. */
final class Console {
  private static final int COM1 = 0x3f8;
  private static final int LINE_STATUS = COM1 + 5;
  private static final int TRANSMITTER_EMPTY = 0x20;
  private static final int POLLS = 100_000;

  private Console() {}

  static void print(String text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  static void put(int character) {
    for (int i = 0; i < POLLS && (Cpu.in8(LINE_STATUS) & TRANSMITTER_EMPTY) == 0; i++) {
      Cpu.pause();
    }
    Cpu.out8(COM1, character);
  }
}
