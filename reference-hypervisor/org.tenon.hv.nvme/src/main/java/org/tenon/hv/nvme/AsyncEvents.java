package org.tenon.hv.nvme;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous events and the requests that wait for them (5.2). After an event its kind is silent
 * until the guest has read the log page that it names.
 */
final class AsyncEvents {
  /** Kinds of event. */
  static final int ERROR = 0;

  static final int NOTICE = 2;

  /** What an {@link #ERROR} says. */
  static final int INVALID_DOORBELL = 0;

  static final int INVALID_DOORBELL_VALUE = 1;

  /** What a {@link #NOTICE} says. */
  static final int NAMESPACE_CHANGED = 0;

  private static final int KINDS = 8;
  private static final int MOST_EVENTS = 8;

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

  void reset() {
    requests.clear();
    events.clear();
    Arrays.fill(silent, false);
  }
}
