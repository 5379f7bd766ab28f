package org.tenon.hv.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tenon.hv.virtio.balloon.BalloonDevice;

/**
 * A machine's balloon, while it runs. Any thread; what is asked is done and answered on the
 * run-loop thread. An idle machine answers too.
 */
public final class Balloon {
  private final BalloonDevice device;
  private final Consumer<Runnable> post;
  private CompletableFuture<Map<String, Long>> asked = CompletableFuture.completedFuture(Map.of());

  /**
   * How large the balloon is.
   *
   * @param target bytes that the guest is to do without
   * @param actual bytes that it says it does without
   */
  public record Size(long target, long actual) {}

  Balloon(BalloonDevice device, Consumer<Runnable> post) {
    this.device = device;
    this.post = post;
    device.whenTold(this::told);
  }

  /**
   * Says how much of its memory the guest is to do without; it may take its time.
   *
   * @return fails with an {@link IllegalArgumentException} for more than the guest has
   */
  public CompletableFuture<Size> resize(long bytes) {
    return ask(() -> {
      device.setTarget(bytes);
      return new Size(device.target(), device.actual());
    });
  }

  /** How large it is. */
  public CompletableFuture<Size> size() {
    return ask(() -> new Size(device.target(), device.actual()));
  }

  private <T> CompletableFuture<T> ask(Supplier<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post.accept(() -> {
      try {
        answer.complete(work.get());
      } catch (IllegalArgumentException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  /**
   * What the guest says of its memory, by name; completes when it does, and never in a guest whose
   * driver has no statistics.
   */
  public CompletableFuture<Map<String, Long>> statistics() {
    CompletableFuture<Map<String, Long>> answer = new CompletableFuture<>();
    post.accept(() -> {
      if (asked.isDone()) {
        asked = new CompletableFuture<>();
      }
      var _ = asked.thenAccept(answer::complete);
      device.askForStatistics();
    });
    return answer;
  }

  private void told() {
    Map<String, Long> byName = new LinkedHashMap<>();
    device.statistics().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> byName.put(entry.getKey().toString(), entry.getValue()));
    asked.complete(byName);
  }
}
