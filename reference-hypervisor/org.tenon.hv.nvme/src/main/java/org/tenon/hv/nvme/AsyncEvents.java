package org.tenon.hv.nvme;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * Asynchronous events and the requests that wait for them (5.2). After an event its kind is silent
 * until the guest has read the log page that it names.
 */
final class AsyncEvents implements Saved {
  /** Kinds of event. */
  static final int ERROR = 0;

  static final int NOTICE = 2;

  /** What an {@link #ERROR} says. */
  static final int INVALID_DOORBELL = 0;

  static final int INVALID_DOORBELL_VALUE = 1;

  /** What a {@link #NOTICE} says. */
  static final int NAMESPACE_CHANGED = 0;

  static final int KINDS = 8;
  static final int MOST_EVENTS = 8;

  private final Deque<Integer> requests = new ArrayDeque<>();
  private final Deque<Integer> events = new ArrayDeque<>();
  private final boolean[] silent = new boolean[KINDS];

  /** Takes a command that waits; false when too many wait already. */
  boolean request(int command) {
    return requests.size() <= Identify.LIMIT && requests.add(command);
  }

  /** Takes a command back; false when it does not wait. */
  boolean abort(int command) {
    return requests.remove(command);
  }

  /** Notes an event, unless its kind is silent. */
  void happened(int kind, int information, int logPage) {
    if (!silent[kind] && events.size() < MOST_EVENTS) {
      silent[kind] = true;
      events.add(kind | information << 8 | logPage << 16);
    }
  }

  /** The guest has read a log page, after which the events that named it may come again. */
  void read(int logPage) {
    if (logPage == LogPages.ERRORS) {
      silent[ERROR] = false;
    } else if (logPage == LogPages.CHANGED_NAMESPACES) {
      silent[NOTICE] = false;
    }
  }

  /** An event and the command that is to report it. */
  record Report(int command, int result) {}

  /** The next event that somebody waits for, or null. */
  @Nullable Report next() {
    return requests.isEmpty() || events.isEmpty()
        ? null
        : new Report(requests.remove(), events.remove());
  }

  @Override
  public void save(StateWriter out) {
    int bits = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      bits |= silent[kind] ? 1 << kind : 0;
    }
    out.put(new AsyncEventsState(List.copyOf(requests), List.copyOf(events), bits));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    AsyncEventsState state = in.take(AsyncEventsState.class);
    requests.addAll(state.requests());
    events.addAll(state.events());
    for (int kind = 0; kind < KINDS; kind++) {
      silent[kind] = (state.silent() >>> kind & 1) != 0;
    }
  }

  void reset() {
    requests.clear();
    events.clear();
    Arrays.fill(silent, false);
  }
}
