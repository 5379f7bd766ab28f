package org.tenon.hv.virtio;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;

/**
 * The part that all virtio devices share: device status, feature negotiation, queue registers,
 * configuration generation and reset (VIRTIO 1.2, 2.1 to 2.5 and 3.1), for any transport. The life
 * that it enforces:
 *
 * <pre>{@code
 *          DRIVER, features           FEATURES_OK                DRIVER_OK
 * RESET ─────────────────▶ NEGOTIATING ─────────▶ CONFIGURING ─────────────▶ RUNNING
 *   ▲                          │ refused: the bit stays clear    bad queue │    │ bad ring
 *   │                          ▼                                           ▼    ▼
 *   └───────────── status 0, from every state ◀─────────────────────── NEEDS RESET
 * }</pre>
 *
 * <p>A step out of order is not taken: its bit stays clear, which the driver sees when it reads the
 * status back. All methods may be called from any thread; those of the transport's control side
 * exclude one another.
 */
public final class VirtioDevice implements Saved {
  private static final System.Logger LOG = System.getLogger(VirtioDevice.class.getName());

  /** The bits that a driver sets, in the order of 3.1.1 as far as one depends on another. */
  private static final int DRIVER_BITS =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.DRIVER_OK
          | DeviceStatus.FAILED;

  private static final String BAD_QUEUE =
      "a queue is not set up as VIRTIO 1.2 section 2.7 or 2.8 asks";

  private final DeviceModel model;
  private final GuestMemory memory;
  private final Interrupts interrupts;
  private final List<QueueRegisters> queues;
  private int status;
  private long driverFeatures;
  private int generation;
  private boolean resetting;
  private volatile int resets;
  private volatile boolean running;
  private volatile CompletionStage<@Nullable Void> lastReset =
      CompletableFuture.completedStage(null);

  /** A device after reset, over the machine's RAM. */
  public VirtioDevice(DeviceModel model, GuestMemory memory, Interrupts interrupts) {
    this.model = model;
    this.memory = memory;
    this.interrupts = interrupts;
    queues =
        IntStream.range(0, model.queueCount())
            .mapToObj(i -> new QueueRegisters(model.maxQueueSize()))
            .toList();
  }

  /** The device type (5). */
  public int type() {
    return model.type();
  }

  /** What the device offers. */
  public long deviceFeatures() {
    return model.features() | Feature.COMMON;
  }

  /** What the driver has accepted so far. */
  public synchronized long driverFeatures() {
    return driverFeatures;
  }

  /**
   * What the driver accepts; judged when it sets FEATURES_OK, ignored outside the negotiation
   * (3.1.1, steps 4 and 5).
   */
  public synchronized void driverFeatures(long accepted) {
    if (has(DeviceStatus.DRIVER) && !has(DeviceStatus.FEATURES_OK)) {
      driverFeatures = accepted;
    }
  }

  /** The device status field; stays as it was until a reset that is under way is over. */
  public synchronized int status() {
    return status;
  }

  /**
   * Writes the device status field. 0 resets the device, which may take until the requests in
   * flight are over; other values set bits and never clear one.
   */
  public void status(int written) {
    if (written == 0) {
      reset();
      return;
    }
    boolean broken;
    synchronized (this) {
      if (resetting) {
        return;
      }
      int added = written & DRIVER_BITS & ~status;
      status |= added & (DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
      if ((added & DeviceStatus.FEATURES_OK) != 0) {
        agree();
      }
      broken = (added & DeviceStatus.DRIVER_OK) != 0 && !start();
      if ((added & DeviceStatus.FAILED) != 0) {
        status |= DeviceStatus.FAILED;
        running = false;
        abandon();
      }
    }
    if (broken) {
      needsReset(resets, BAD_QUEUE);
    }
  }

  /** Sets FEATURES_OK where the subset is valid (2.2.2). */
  private void agree() {
    boolean valid =
        has(DeviceStatus.DRIVER)
            && (driverFeatures & ~deviceFeatures()) == 0
            && Feature.has(driverFeatures, Feature.VERSION_1)
            && model.accepts(driverFeatures);
    if (valid) {
      status |= DeviceStatus.FEATURES_OK;
      model.agreed(driverFeatures);
    } else {
      LOG.log(Level.DEBUG, "features 0x{0} refused", Long.toHexString(driverFeatures));
    }
  }

  /** Sets DRIVER_OK and lets the model run; false where a queue cannot. */
  private boolean start() {
    if (!has(DeviceStatus.FEATURES_OK)
        || has(DeviceStatus.DEVICE_NEEDS_RESET | DeviceStatus.FAILED)) {
      return true;
    }
    status |= DeviceStatus.DRIVER_OK;
    boolean packed = Feature.has(driverFeatures, Feature.RING_PACKED);
    List<@Nullable Virtqueue> opened = new ArrayList<>();
    for (QueueRegisters queue : queues) {
      Virtqueue open = queue.enabled ? open(queue, packed) : null;
      if (queue.enabled && open == null) {
        return false;
      }
      opened.add(open);
    }
    model.start(opened, new Life(resets));
    running = true;
    return true;
  }

  private @Nullable Virtqueue open(QueueRegisters queue, boolean packed) {
    boolean valid =
        QueueState.isValid(
            packed, queue.size, queue.descriptorArea, queue.driverArea, queue.deviceArea);
    return valid
        ? Virtqueue.open(
            QueueState.initial(
                packed, queue.size, queue.descriptorArea, queue.driverArea, queue.deviceArea),
            memory,
            driverFeatures)
        : null;
  }

  /** How many queues there are. */
  public int queueCount() {
    return queues.size();
  }

  /** The largest size that a driver may choose; 0 for a queue that does not exist. */
  public int maxQueueSize(int queue) {
    return exists(queue) ? model.maxQueueSize() : 0;
  }

  /** The size of a queue; 0 for a queue that does not exist. */
  public synchronized int queueSize(int queue) {
    return exists(queue) ? queues.get(queue).size : 0;
  }

  /**
   * Chooses the size of a queue that is not enabled yet; a size the device does not allow is
   * ignored.
   */
  public synchronized void queueSize(int queue, int size) {
    if (configurable(queue) && size > 0 && size <= model.maxQueueSize()) {
      queues.get(queue).size = size;
    }
  }

  /** Where the driver has put an area of a queue; 0 for a queue that does not exist. */
  public synchronized long queueArea(int queue, QueueArea area) {
    return exists(queue) ? queues.get(queue).area(area) : 0;
  }

  /** Places one area of a queue that is not enabled yet. */
  public synchronized void queueArea(int queue, QueueArea area, long address) {
    if (configurable(queue)) {
      queues.get(queue).area(area, address);
    }
  }

  /**
   * Places a queue that is not enabled yet.
   *
   * @param descriptorArea guest-physical address of the descriptor table or ring
   * @param driverArea of the available ring or the driver event suppression
   * @param deviceArea of the used ring or the device event suppression
   */
  public synchronized void queueAreas(
      int queue, long descriptorArea, long driverArea, long deviceArea) {
    if (configurable(queue)) {
      QueueRegisters registers = queues.get(queue);
      registers.descriptorArea = descriptorArea;
      registers.driverArea = driverArea;
      registers.deviceArea = deviceArea;
    }
  }

  /**
   * Enables a queue; only a reset, of the device or of the queue, disables it again. Ignored before
   * FEATURES_OK, and after DRIVER_OK unless queues may be reset (2.6.1).
   */
  public void enableQueue(int queue) {
    int life;
    synchronized (this) {
      if (!configurable(queue)) {
        return;
      }
      QueueRegisters registers = queues.get(queue);
      registers.enabled = true;
      if (!running) {
        return;
      }
      Virtqueue ring = open(registers, Feature.has(driverFeatures, Feature.RING_PACKED));
      if (ring != null) {
        model.startQueue(queue, ring);
        return;
      }
      life = resets;
    }
    needsReset(life, BAD_QUEUE);
  }

  /**
   * Resets one queue, which may take until its requests in flight are over (2.6.1); see {@link
   * #isQueueResetting}.
   *
   * @return false where nothing is reset: it was not agreed, or the queue does not run
   */
  public synchronized boolean resetQueue(int queue) {
    if (!running
        || !Feature.has(driverFeatures, Feature.RING_RESET)
        || !isQueueEnabled(queue)
        || queues.get(queue).resetting) {
      return false;
    }
    stopQueue(queue);
    return true;
  }

  private void stopQueue(int queue) {
    QueueRegisters registers = queues.get(queue);
    registers.resetting = true;
    int life = resets;
    model
        .stopQueue(queue)
        .thenRun(() -> finishQueueReset(registers, life))
        .exceptionally(VirtioDevice::impossible);
  }

  /** A reset of the device that came in between has done it already. */
  private synchronized void finishQueueReset(QueueRegisters registers, int life) {
    if (life == resets) {
      registers.reset();
    }
  }

  /** Whether a reset of a queue is under way. */
  public synchronized boolean isQueueResetting(int queue) {
    return exists(queue) && queues.get(queue).resetting;
  }

  /** Whether a queue is enabled. */
  public synchronized boolean isQueueEnabled(int queue) {
    return exists(queue) && queues.get(queue).enabled;
  }

  /**
   * An available buffer notification (2.3); ignored before DRIVER_OK and for queues that do not
   * run.
   */
  public void notifyQueue(int queue) {
    if (running && exists(queue)) {
      model.notified(queue);
    }
  }

  /**
   * The configuration generation (2.5): differs whenever two reads could have seen different
   * versions.
   */
  public synchronized int configGeneration() {
    return generation;
  }

  /**
   * Reads one byte of the device-specific configuration space; 0 outside it. Transports read wider
   * fields byte by byte and the driver checks the generation.
   */
  public synchronized int readConfig(int offset) {
    return offset >= 0 && offset < model.configSize() ? model.readConfig(offset) & 0xff : 0;
  }

  /** Writes one byte of the configuration space; ignored outside it and where it is read-only. */
  public synchronized void writeConfig(int offset, int value) {
    if (offset >= 0 && offset < model.configSize()) {
      model.writeConfig(offset, value & 0xff);
    }
  }

  /**
   * What the model reports between two resets. A report that a reset overtakes is about a life that
   * is over, and is dropped.
   */
  private final class Life implements DeviceEvents {
    private final int began;

    Life(int resets) {
      began = resets;
    }

    @Override
    public void used(int queue) {
      if (running && began == resets) {
        interrupts.queue(queue);
      }
    }

    @Override
    public void configChanged() {
      boolean tell;
      synchronized (VirtioDevice.this) {
        generation = (generation + 1) & 0xff;
        tell = began == resets && has(DeviceStatus.DRIVER_OK);
      }
      if (tell) {
        interrupts.config();
      }
    }

    @Override
    public void needsReset(String reason) {
      VirtioDevice.this.needsReset(began, reason);
    }
  }

  private void needsReset(int life, String reason) {
    boolean tell;
    synchronized (this) {
      if (life != resets || resetting || has(DeviceStatus.DEVICE_NEEDS_RESET)) {
        return;
      }
      status |= DeviceStatus.DEVICE_NEEDS_RESET;
      tell = has(DeviceStatus.DRIVER_OK);
      if (tell) {
        running = false;
        abandon();
      }
    }
    LOG.log(Level.WARNING, "virtio device of type {0} needs a reset: {1}", type(), reason);
    if (tell) {
      interrupts.config();
    }
  }

  /** Stops the model for good; the reset that must follow waits for it again. */
  private void abandon() {
    model.stop().exceptionally(VirtioDevice::impossible);
  }

  private void reset() {
    int reset;
    synchronized (this) {
      running = false;
      resetting = true;
      reset = ++resets;
    }
    lastReset =
        model.stop().thenRun(() -> finishReset(reset)).exceptionally(VirtioDevice::impossible);
  }

  /** Completes, never exceptionally, when the last reset that was asked for is over. */
  public CompletionStage<@Nullable Void> whenReset() {
    return lastReset;
  }

  /** Returns to the initial state, unless a later reset will. */
  private synchronized void finishReset(int reset) {
    if (reset != resets) {
      return;
    }
    queues.forEach(QueueRegisters::reset);
    driverFeatures = 0;
    status = 0;
    resetting = false;
  }

  private static @Nullable Void impossible(Throwable broken) {
    LOG.log(Level.ERROR, "a device model failed to stop", broken);
    return null;
  }

  /** The common part, then the model's; waits for a reset that is under way. */
  @Override
  public void save(StateWriter out) throws StateException {
    lastReset.toCompletableFuture().join();
    out.put(state());
    model.save(out);
  }

  @Override
  public void restore(StateReader in) throws StateException {
    VirtioState state = in.take(VirtioState.class);
    model.restore(in, memory);
    restore(state);
    model.restored();
  }

  /**
   * What is to be saved of the common part.
   *
   * @throws IllegalStateException during a reset, and while a driver has requests
   */
  public synchronized VirtioState state() {
    if (resetting) {
      throw new IllegalStateException("the device is being reset: save it afterwards");
    }
    List<@Nullable QueueState> positions = model.positions();
    List<VirtioState.Queue> saved = new ArrayList<>();
    for (int i = 0; i < queues.size(); i++) {
      QueueRegisters queue = queues.get(i);
      saved.add(queue.state(running && !queue.resetting ? positions.get(i) : null));
    }
    return new VirtioState(status, driverFeatures, generation, saved);
  }

  /**
   * Goes on where another device of the same make was saved. Called once, on a device after reset,
   * when the model has been restored.
   *
   * @throws IllegalArgumentException if the state is not this device's; it is as after reset then
   */
  public synchronized void restore(VirtioState state) {
    boolean fits =
        state.queues().size() == queues.size()
            && (state.driverFeatures() & ~deviceFeatures()) == 0
            && state.queues().stream().allMatch(queue -> queue.size() <= model.maxQueueSize());
    List<@Nullable Virtqueue> opened = new ArrayList<>();
    for (VirtioState.Queue queue : state.queues()) {
      QueueState position = queue.running().orElse(null);
      Virtqueue open =
          position == null ? null : Virtqueue.open(position, memory, state.driverFeatures());
      fits &= position == null || open != null;
      opened.add(open);
    }
    if (!fits) {
      throw new IllegalArgumentException("the saved state is not one of this device: " + state);
    }
    status = state.status();
    driverFeatures = state.driverFeatures();
    generation = state.configGeneration();
    for (int i = 0; i < queues.size(); i++) {
      queues.get(i).restore(state.queues().get(i));
    }
    if (has(DeviceStatus.DRIVER_OK)
        && !has(DeviceStatus.DEVICE_NEEDS_RESET | DeviceStatus.FAILED)) {
      model.start(opened, new Life(resets));
      running = true;
      for (int i = 0; i < queues.size(); i++) {
        if (state.queues().get(i).resetting()) {
          stopQueue(i);
        }
      }
    }
  }

  private boolean configurable(int queue) {
    return exists(queue)
        && has(DeviceStatus.FEATURES_OK)
        && (!has(DeviceStatus.DRIVER_OK)
            || (running && Feature.has(driverFeatures, Feature.RING_RESET)))
        && !queues.get(queue).enabled;
  }

  private boolean exists(int queue) {
    return queue >= 0 && queue < queues.size();
  }

  private boolean has(int bits) {
    return (status & bits) != 0;
  }
}
