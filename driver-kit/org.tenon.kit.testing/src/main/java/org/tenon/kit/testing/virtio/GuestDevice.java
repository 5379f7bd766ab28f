package org.tenon.kit.testing.virtio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Stability;

/**
 * A virtio device as any guest driver brings it up (VIRTIO 1.2 section 3.1): reset, features,
 * rings. For one thread; each ring then for one thread of its own.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestDevice {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final VirtioTransport transport;
  private GuestMemory memory;
  private final List<GuestRing> rings = new ArrayList<>();
  private final InterruptCounter interrupts;
  private long features;

  /** A device that nobody has touched yet. */
  public GuestDevice(VirtioTransport transport) {
    this.transport = transport;
    this.memory = new GuestMemory(transport);
    this.interrupts = new InterruptCounter(transport.queues());
    transport.onInterrupt(interrupts);
  }

  /**
   * Resets the device and brings it up.
   *
   * @param wanted feature bits, of which those are taken that the device offers; VERSION_1 is taken
   *     in any case
   * @param queueCount how many rings, from 1
   * @param shape of each ring; it is cut down to what the device offers
   * @throws VirtioViolation if the device does not accept what it offered
   */
  public void bringUp(long wanted, int queueCount, RingOptions shape) {
    reset();
    transport.status(VirtioStatus.ACKNOWLEDGE);
    transport.status(VirtioStatus.ACKNOWLEDGE | VirtioStatus.DRIVER);
    features = (wanted | shape.features() | VirtioFeature.VERSION_1) & transport.deviceFeatures();
    transport.driverFeatures(features);
    int agreed = VirtioStatus.ACKNOWLEDGE | VirtioStatus.DRIVER | VirtioStatus.FEATURES_OK;
    transport.status(agreed);
    if ((transport.status() & VirtioStatus.FEATURES_OK) == 0) {
      throw new VirtioViolation(
          "3.1.1",
          "the device offered features 0x%x, but does not accept them".formatted(features));
    }
    for (int queue = 0; queue < queueCount; queue++) {
      rings.add(setUp(queue, shape));
    }
    transport.status(agreed | VirtioStatus.DRIVER_OK);
  }

  /**
   * Resets the device, and waits until it is reset. Its rings are gone, and all guest memory is
   * free.
   *
   * @throws VirtioViolation if the status does not become 0
   */
  public void reset() {
    transport.status(0);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (transport.status() != 0) {
      if (System.nanoTime() > end) {
        throw new VirtioViolation(
            "2.4", "the status is still 0x%x after a reset".formatted(transport.status()));
      }
      Thread.onSpinWait();
    }
    rings.clear();
    memory = new GuestMemory(transport);
    features = 0;
  }

  /** Whether the feature was taken. */
  public boolean has(long feature) {
    return (features & feature) == feature;
  }

  /** The features that were taken. */
  public long features() {
    return features;
  }

  /** Whether the device has given up until it is reset. */
  public boolean needsReset() {
    return (transport.status() & VirtioStatus.DEVICE_NEEDS_RESET) != 0;
  }

  /** Guest memory. */
  public GuestMemory memory() {
    return memory;
  }

  /** The way to the device. */
  public VirtioTransport transport() {
    return transport;
  }

  /** How many rings are up. */
  public int queues() {
    return rings.size();
  }

  /** A ring that is up. */
  public GuestRing ring(int queue) {
    return rings.get(queue);
  }

  /** Lets the device see what was added to a ring, and notifies it if it wants to be. */
  public void kick(int queue) {
    if (rings.get(queue).publish()) {
      transport.notifyQueue(queue);
    }
  }

  /** How many interrupts a queue has raised. */
  public long interrupts(int queue) {
    return interrupts.count(queue);
  }

  /** How many configuration interrupts there were. */
  public long configurationInterrupts() {
    return interrupts.configurations();
  }

  /**
   * Waits for a used chain on a ring, by interrupt.
   *
   * @return what {@link GuestRing#poll} answers; −1 if none came in {@code limit} of real time, or
   *     the device needs a reset
   */
  public int awaitUsed(int queue, Duration limit) {
    GuestRing ring = rings.get(queue);
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      int token = ring.poll();
      if (token >= 0 || needsReset()) {
        return token;
      }
      long seen = interrupts.total();
      if (ring.armInterrupt() && !interrupts.awaitBeyond(seen, end)) {
        return ring.poll();
      }
      ring.disarmInterrupt();
    }
  }

  /** How many interrupts there were, of every kind. */
  public long interrupts() {
    return interrupts.total();
  }

  /** Sleeps until there were more than {@code seen} interrupts; false if none came in time. */
  public boolean awaitInterrupt(long seen, Duration limit) {
    return interrupts.awaitBeyond(seen, System.nanoTime() + limit.toNanos());
  }

  private GuestRing setUp(int queue, RingOptions shape) {
    int size = Math.min(shape.size(), transport.maxQueueSize(queue));
    RingOptions agreed =
        new RingOptions(
            size,
            has(VirtioFeature.RING_PACKED),
            has(VirtioFeature.INDIRECT_DESC),
            has(VirtioFeature.EVENT_IDX));
    GuestRing ring = GuestRing.create(memory, agreed);
    transport.setUpQueue(queue, size, ring.descriptorArea(), ring.driverArea(), ring.deviceArea());
    return ring;
  }
}
