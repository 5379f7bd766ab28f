package org.tenon.kit.testing.virtio;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tenon.api.Stability;

/**
 * A guest's virtio-blk driver (VIRTIO 1.2 section 5.2): what a kernel does with the device, without
 * the kernel. Each queue is for one thread; everything else for the thread that opened it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestBlockDriver implements AutoCloseable {
  /** All features of block devices that the driver knows. */
  public static final long FEATURES =
      VirtioFeature.BLK_SIZE_MAX
          | VirtioFeature.BLK_SEG_MAX
          | VirtioFeature.BLK_RO
          | VirtioFeature.BLK_BLK_SIZE
          | VirtioFeature.BLK_FLUSH
          | VirtioFeature.BLK_TOPOLOGY
          | VirtioFeature.BLK_MQ
          | VirtioFeature.BLK_DISCARD
          | VirtioFeature.BLK_WRITE_ZEROES;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final GuestDevice device;
  private final long features;
  private final RingOptions shape;
  private List<Map<Integer, GuestBlockIo>> inFlight = List.of();

  private GuestBlockDriver(GuestDevice device, long features, RingOptions shape) {
    this.device = device;
    this.features = features;
    this.shape = shape;
  }

  /** Brings the device up with every feature and with rings of that shape. */
  public static GuestBlockDriver open(VirtioTransport transport, RingOptions shape) {
    return open(transport, shape, FEATURES);
  }

  /**
   * Brings the device up.
   *
   * @param features which to take, as far as they are offered
   */
  public static GuestBlockDriver open(VirtioTransport transport, RingOptions shape, long features) {
    if (transport.deviceType() != VirtioBlk.DEVICE_TYPE) {
      throw new IllegalArgumentException(
          "device type " + transport.deviceType() + " is no block device");
    }
    GuestBlockDriver driver = new GuestBlockDriver(new GuestDevice(transport), features, shape);
    driver.bringUp();
    return driver;
  }

  /** Resets the device and brings it up again. What was in flight is forgotten. */
  public void reset() {
    bringUp();
  }

  private void bringUp() {
    long offered = device.transport().deviceFeatures();
    boolean several = (offered & features & VirtioFeature.BLK_MQ) != 0;
    int queues = several ? Math.max(1, GuestBlockConfig.read(device.transport()).queues()) : 1;
    device.bringUp(features, queues, shape);
    inFlight = Stream.<Map<Integer, GuestBlockIo>>generate(HashMap::new).limit(queues).toList();
  }

  /** What lies under the block driver. */
  public GuestDevice device() {
    return device;
  }

  /** What the device says of itself, read anew. */
  public GuestBlockConfig config() {
    return GuestBlockConfig.read(device.transport());
  }

  /** How many queues it drives. */
  public int queues() {
    return device.queues();
  }

  /**
   * Reads from a sector on queue 0.
   *
   * @throws VirtioViolation if the device does not answer OK; so do the other simple calls below
   */
  public byte[] read(long sector, int bytes) {
    return expectOk(GuestBlockRequest.read(sector, bytes)).data();
  }

  /** Writes to a sector on queue 0. */
  public void write(long sector, byte[] data) {
    expectOk(GuestBlockRequest.write(sector, data));
  }

  /** Makes durable what was written. */
  public void flush() {
    expectOk(GuestBlockRequest.flush());
  }

  /** Gives sectors back. */
  public void discard(long sector, int sectors) {
    expectOk(GuestBlockRequest.discard(sector, sectors));
  }

  /** Zeroes sectors. */
  public void writeZeroes(long sector, int sectors, boolean mayUnmap) {
    expectOk(GuestBlockRequest.writeZeroes(sector, sectors, mayUnmap));
  }

  /** The serial, without the zero bytes at its end. */
  public String id() {
    byte[] id = expectOk(GuestBlockRequest.id()).data();
    int end = (int) IntStream.range(0, id.length).takeWhile(i -> id[i] != 0).count();
    return new String(Arrays.copyOf(id, end), StandardCharsets.US_ASCII);
  }

  /** Sends any request and waits for the answer, whatever it is. */
  public GuestBlockResult perform(int queue, GuestBlockRequest request) {
    GuestBlockIo io = submit(queue, List.of(request)).getFirst();
    return await(io, PATIENCE);
  }

  /**
   * Sends requests, with one notification at most, and does not wait.
   *
   * @throws IllegalStateException if the ring has no room for all of them; those before it are sent
   */
  public List<GuestBlockIo> submit(int queue, List<GuestBlockRequest> requests) {
    List<GuestBlockIo> sent = requests.stream().map(request -> add(queue, request)).toList();
    device.kick(queue);
    return sent;
  }

  /**
   * Takes in the answers that are there.
   *
   * @return how many
   */
  public int poll(int queue) {
    int count = 0;
    for (int token = device.ring(queue).poll(); token >= 0; token = device.ring(queue).poll()) {
      finish(queue, token);
      count++;
    }
    return count;
  }

  /**
   * Waits for an answer, by interrupts, and takes in others meanwhile.
   *
   * @param limit in real time
   * @throws VirtioViolation if it does not come, or the device needs a reset first
   */
  public GuestBlockResult await(GuestBlockIo io, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (GuestBlockResult result = io.result(); ; result = io.result()) {
      if (result != null) {
        return result;
      }
      int token = device.awaitUsed(io.queue(), Duration.ofNanos(end - System.nanoTime()));
      if (token < 0) {
        throw new VirtioViolation(
            "2.7",
            "no answer to %s: %s"
                .formatted(
                    io.request(), device.needsReset() ? "the device needs a reset" : "none came"));
      }
      finish(io.queue(), token);
    }
  }

  /** How many requests of a queue have no answer yet. */
  public int inFlight(int queue) {
    return inFlight.get(queue).size();
  }

  /** Closes the transport. */
  @Override
  public void close() {
    device.transport().close();
  }

  private GuestBlockIo add(int queue, GuestBlockRequest request) {
    GuestBlockIo io = new GuestBlockIo(queue, request, device.memory());
    GuestChain chain = new GuestChain();
    io.describe(chain);
    int token = device.ring(queue).add(chain);
    if (token < 0) {
      throw new IllegalStateException(
          "the ring of queue %d has no room for %s".formatted(queue, request));
    }
    inFlight.get(queue).put(token, io);
    return io;
  }

  private void finish(int queue, int token) {
    GuestBlockIo io = inFlight.get(queue).remove(token);
    if (io == null) {
      throw new VirtioViolation(
          "2.7.8", "the device answered chain " + token + ", which holds no request");
    }
    io.finish(device.ring(queue).usedLength());
  }

  private GuestBlockResult expectOk(GuestBlockRequest request) {
    GuestBlockResult result = perform(0, request);
    if (!result.isOk()) {
      throw new VirtioViolation("5.2.6", request + ": expected VIRTIO_BLK_S_OK, but got " + result);
    }
    return result;
  }
}
