package org.tenon.hv.machine;

import java.util.Set;
import java.util.function.Consumer;

/**
 * A log of what passes between guest and machine, one line an event: machine time, processor,
 * event.
 *
 * @param kinds what to show
 * @param sink takes the lines, on the run-loop thread
 */
public record Trace(Set<TraceKind> kinds, Consumer<String> sink) {
  /** Shows nothing. */
  public static final Trace OFF = new Trace(Set.of(), line -> {});

  /** Copies the set. */
  public Trace {
    kinds = Set.copyOf(kinds);
  }

  boolean shows(TraceKind kind) {
    return !kinds.isEmpty() && kinds.contains(kind);
  }

  void line(long nanos, int processor, String text) {
    sink.accept(
        "%d.%09d cpu%d %s"
            .formatted(nanos / 1_000_000_000, nanos % 1_000_000_000, processor, text));
  }
}
