package org.tenon.kit.testing.virtio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * A guest's virtio-net driver (VIRTIO 1.2 section 5.1): what a kernel does with the card, without
 * the kernel. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestNicDriver implements AutoCloseable {
  private final GuestDevice device;
  private final GuestNicOptions options;
  private List<GuestNicPair> pairs = List.of();
  private @Nullable GuestNicControl control;
  private boolean refills = true;

  private GuestNicDriver(GuestDevice device, GuestNicOptions options) {
    this.device = device;
    this.options = options;
  }

  /** Brings the card up and fills its receiveqs. */
  public static GuestNicDriver open(VirtioTransport transport, GuestNicOptions options) {
    if (transport.deviceType() != VirtioNet.DEVICE_TYPE) {
      throw new IllegalArgumentException(
          "device type " + transport.deviceType() + " is no network card");
    }
    GuestNicDriver driver = new GuestNicDriver(new GuestDevice(transport), options);
    driver.reset();
    return driver;
  }

  /** Resets the card, forgets what was in flight, and brings it up again. */
  public void reset() {
    long taken = device.transport().deviceFeatures() & options.features();
    boolean several = (taken & (VirtioFeature.NET_MQ | VirtioFeature.NET_RSS)) != 0;
    int count = several ? GuestNicConfig.read(device.transport()).maxPairs() : 1;
    boolean commands = (taken & VirtioFeature.NET_CTRL_VQ) != 0;
    device.bringUp(options.features(), 2 * count + (commands ? 1 : 0), options.shape());
    List<GuestNicPair> made = new ArrayList<>();
    for (int pair = 0; pair < count; pair++) {
      made.add(new GuestNicPair(device, pair, options.pieces()));
    }
    pairs = List.copyOf(made);
    control = commands ? new GuestNicControl(device, 2 * count) : null;
    refill();
  }

  /** What lies under the driver. */
  public GuestDevice device() {
    return device;
  }

  /** What the card says of itself, read anew. */
  public GuestNicConfig config() {
    return GuestNicConfig.read(device.transport());
  }

  /** How many pairs of queues it drives. */
  public int pairs() {
    return pairs.size();
  }

  /** A pair of queues. */
  public GuestNicPair pair(int index) {
    return pairs.get(index);
  }

  /**
   * The control queue.
   *
   * @throws IllegalStateException if the device has none
   */
  public GuestNicControl control() {
    GuestNicControl made = control;
    if (made == null) {
      throw new IllegalStateException("the device offers no control queue");
    }
    return made;
  }

  /** Whether {@link #receive} puts new buffers in place of those that came back; yes at first. */
  public void refills(boolean does) {
    refills = does;
  }

  private void refill() {
    if (refills) {
      pairs.forEach(GuestNicPair::fill);
    }
  }

  /**
   * Sends a frame and notifies the device; does not wait but for room in the ring.
   *
   * @throws VirtioViolation if room does not come
   */
  public void send(int pair, GuestNicHeader header, byte[] frame, int... cuts) {
    GuestNicPair on = pairs.get(pair);
    on.reclaim();
    if (!on.add(header, frame, cuts)) {
      if (!awaitSent(pair, Duration.ofSeconds(60)) || !on.add(header, frame, cuts)) {
        throw new VirtioViolation("5.1.6.2", "no frame of a full transmitq is given back");
      }
    }
    on.kick();
  }

  /** Waits until the device has given back every frame of a pair; false if the time is over. */
  public boolean awaitSent(int pair, Duration limit) {
    GuestNicPair on = pairs.get(pair);
    return await(
        limit,
        () -> {
          on.reclaim();
          return on.inFlight() == 0;
        },
        on::armTransmit);
  }

  /**
   * Takes the next frame that arrives on any pair, waiting so long at most.
   *
   * @return empty if none comes, or the device needs a reset
   */
  public Optional<GuestNicFrame> receive(Duration limit) {
    List<GuestNicFrame> arrived = new ArrayList<>(1);
    await(limit, () -> pollInto(arrived), this::armReceive);
    refill();
    return arrived.stream().findFirst();
  }

  private boolean pollInto(List<GuestNicFrame> arrived) {
    for (GuestNicPair pair : pairs) {
      GuestNicFrame frame = pair.poll();
      if (frame != null) {
        arrived.add(frame);
        return true;
      }
    }
    return false;
  }

  /** Waits for a change of the configuration beyond so many; false if the time is over. */
  public boolean awaitConfigurationInterrupt(long seen, Duration limit) {
    return await(limit, () -> device.configurationInterrupts() > seen, () -> true);
  }

  private boolean armReceive() {
    boolean nothing = true;
    for (GuestNicPair pair : pairs) {
      nothing &= pair.armReceive();
    }
    return nothing;
  }

  /**
   * Sleeps by interrupts until something holds; false if the time is over before.
   *
   * @param arm asks for the interrupt; false if what it would tell is there already
   */
  private boolean await(Duration limit, BooleanSupplier holds, BooleanSupplier arm) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      long seen = device.interrupts();
      if (holds.getAsBoolean()) {
        return true;
      }
      if (arm.getAsBoolean()
          && !device.awaitInterrupt(seen, Duration.ofNanos(end - System.nanoTime()))) {
        return holds.getAsBoolean();
      }
    }
  }

  /** Closes the transport. */
  @Override
  public void close() {
    device.transport().close();
  }
}
