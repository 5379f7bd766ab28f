package org.tenon.hv.nvme;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What waits of asynchronous events.
 *
 * @param requests commands that wait for an event, oldest first
 * @param events events that wait for a command, oldest first, as its completion carries them
 * @param silent kinds that are silent, one bit each
 */
@StateFormat(name = "nvme-events", version = 1)
public record AsyncEventsState(List<Integer> requests, List<Integer> events, int silent) {
  /** Checks the ranges. */
  public AsyncEventsState {
    requests = List.copyOf(requests);
    events = List.copyOf(events);
    if (requests.stream().anyMatch(command -> command >>> 16 != 0)
        || requests.size() > Identify.LIMIT + 1
        || events.size() > AsyncEvents.MOST_EVENTS
        || silent >>> AsyncEvents.KINDS != 0) {
      throw new IllegalArgumentException("no asynchronous events of an NVMe controller");
    }
  }
}
