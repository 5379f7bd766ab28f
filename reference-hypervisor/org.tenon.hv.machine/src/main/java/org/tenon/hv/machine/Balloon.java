package org.tenon.hv.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.tenon.hv.virtio.balloon.BalloonDevice;

/**
 * A machine's balloon. To be used on the run-loop thread ({@link Machine#post}), or while the
 * machine does not run.
 */
public final class Balloon {
  private final BalloonDevice device;
  private CompletableFuture<Map<String, Long>> asked = CompletableFuture.completedFuture(Map.of());

  Balloon(BalloonDevice device) {
    this.device = device;
    device.whenTold(this::told);
  }

  /**
   * Says how much of its memory the guest is to do without; it may take its time.
   *
   * @throws IllegalArgumentException for more than it has
   */
  public void resize(long bytes) {
    device.setTarget(bytes);
  }

  /** How many bytes the guest is to do without. */
  public long target() {
    return device.target();
  }

  /** How many bytes the guest says it does without. */
  public long actual() {
    return device.actual();
  }

  /**
   * What the guest says of its memory, by name; completes when it does, and never in a guest whose
   * driver has no statistics.
   */
  public CompletableFuture<Map<String, Long>> statistics() {
    if (asked.isDone()) {
      asked = new CompletableFuture<>();
    }
    device.askForStatistics();
    return asked;
  }

  private void told() {
    Map<String, Long> byName = new LinkedHashMap<>();
    device.statistics().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> byName.put(entry.getKey().toString(), entry.getValue()));
    asked.complete(byName);
  }
}
