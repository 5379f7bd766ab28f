package org.tenon.hv.irq;

import java.util.Arrays;
import java.util.List;

/** A set of interrupt vectors, as IRR, ISR and TMR hold it: 256 bits. */
final class VectorSet {
  private final long[] words = new long[4];

  void add(int vector) {
    words[vector >>> 6] |= 1L << vector;
  }

  void remove(int vector) {
    words[vector >>> 6] &= ~(1L << vector);
  }

  boolean contains(int vector) {
    return (words[vector >>> 6] & 1L << vector) != 0;
  }

  /** The highest vector in the set, or -1. */
  int highest() {
    for (int i = 3; i >= 0; i--) {
      if (words[i] != 0) {
        return 64 * i + 63 - Long.numberOfLeadingZeros(words[i]);
      }
    }
    return -1;
  }

  /** One of the eight 32-bit registers. */
  int register(int index) {
    return (int) (words[index >>> 1] >>> (32 * (index & 1)));
  }

  void clear() {
    Arrays.fill(words, 0);
  }

  List<Long> toList() {
    return Arrays.stream(words).boxed().toList();
  }

  void set(List<Long> from) {
    Arrays.setAll(words, from::get);
  }
}
