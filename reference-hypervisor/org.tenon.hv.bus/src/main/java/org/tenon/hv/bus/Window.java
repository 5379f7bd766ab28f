package org.tenon.hv.bus;

import java.util.Objects;

/**
 * A range of addresses that belongs to one device.
 *
 * @param name what traces and error messages call it, such as {@code com1}
 * @param base the first address
 * @param length bytes, at least 1
 * @param width how wide the registers are
 * @param registers the device's side
 */
public record Window(
    String name, long base, long length, RegisterWidth width, RegisterBlock registers) {
  /** Checks the range. */
  public Window {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(width, "width");
    Objects.requireNonNull(registers, "registers");
    if (base < 0 || length < 1 || length > 1L << 31 || base + length < 0) {
      throw new IllegalArgumentException(
          "window %s: base %#x, length %#x is no range of addresses".formatted(name, base, length));
    }
  }

  /** Whether the address lies in this window. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, length) < 0;
  }

  long end() {
    return base + length;
  }
}
