package org.tenon.hv.machine;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a trace can show. */
public enum TraceKind {
  /** Port reads and writes. */
  PORT,
  /** Memory-mapped reads and writes, local APIC included. */
  MMIO,
  /** Model-specific registers that are the machine's, or nobody's. */
  MSR,
  /** Interrupts delivered to processors, INIT, start-up, NMI. */
  IRQ,
  /** Every other exit. */
  EXIT;

  /**
   * From a comma-separated list such as {@code port,irq}; {@code all} stands for every kind.
   *
   * @throws IllegalArgumentException naming the word it does not know, and those it does
   */
  public static Set<TraceKind> parse(String list) {
    EnumSet<TraceKind> kinds = EnumSet.noneOf(TraceKind.class);
    for (String word : list.split(",", -1)) {
      if (word.equals("all")) {
        return EnumSet.allOf(TraceKind.class);
      }
      try {
        kinds.add(valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        String known =
            Arrays.stream(values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException(
            "nothing called \"" + word + "\" can be traced; known: all, " + known, e);
      }
    }
    return kinds;
  }
}
