package org.tenon.kit.bench;

import org.tenon.api.Stability;
import org.tenon.kit.testing.virtio.GuestChain;
import org.tenon.kit.testing.virtio.GuestDevice;
import org.tenon.kit.testing.virtio.GuestMemory;
import org.tenon.kit.testing.virtio.GuestNicConfig;
import org.tenon.kit.testing.virtio.GuestRing;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioNet;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.net.MacAddress;

/**
 * A guest's driver of a virtio-net card (VIRTIO 1.2, 5.1), reduced to what a measurement needs: one
 * pair of queues, no offloads, frames that are all alike in buffers that stay where they are.
 * Allocates nothing after its construction. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestCard implements AutoCloseable {
  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;

  private static final int BUFFER_BYTES = 2048;

  /** A type of frames that nobody interprets (IEEE 802, local experiments). */
  private static final int TYPE = 0x88b5;

  private static final int TYPE_AT = 12;

  private final GuestDevice device;
  private final GuestIdle idle;
  private final GuestMemory memory;
  private final GuestRing receive;
  private final GuestRing transmit;
  private final GuestChain chain = new GuestChain();
  private final long sendBuffers;
  private final long receiveBuffers;
  private final long[] receiveBufferOfToken;
  private int frameBytes;
  private int nextBuffer;
  private long receivedBytes;

  private GuestCard(VirtioTransport transport, GuestIdle idle, int ringSize) {
    this.idle = idle;
    if (transport.deviceType() != VirtioNet.DEVICE_TYPE) {
      throw new IllegalArgumentException(
          "device type " + transport.deviceType() + " is no network card");
    }
    device = new GuestDevice(transport);
    device.bringUp(VirtioFeature.NET_MAC, 2, new RingOptions(ringSize, false, false, true));
    memory = device.memory();
    receive = device.ring(RECEIVE);
    transmit = device.ring(TRANSMIT);
    int size = receive.options().size();
    sendBuffers = memory.allocate((long) transmit.options().size() * BUFFER_BYTES, 64);
    receiveBuffers = memory.allocate((long) size * BUFFER_BYTES, 64);
    receiveBufferOfToken = new long[size];
    for (int i = 0; i < size; i++) {
      post(receiveBuffers + (long) i * BUFFER_BYTES);
    }
    device.kick(RECEIVE);
  }

  /**
   * Brings a card up and posts all its buffers; closing the card closes the transport.
   *
   * @param transport a virtio-net device with at least {@link #memoryBytes} of RAM
   * @param idle what its machine does while the guest waits
   * @param ringSize how many buffers each ring has; a power of two
   */
  public static GuestCard open(VirtioTransport transport, GuestIdle idle, int ringSize) {
    return new GuestCard(transport, idle, ringSize);
  }

  /** How much RAM a guest needs for such rings, in bytes. */
  public static long memoryBytes(int ringSize) {
    return 2L * ringSize * (BUFFER_BYTES + 64) + 8 * 4096;
  }

  /** The card's own address. */
  public MacAddress address() {
    return GuestNicConfig.address(device.transport());
  }

  /** Writes the frame that is sent from now on into every buffer. */
  public void prepare(MacAddress destination, MacAddress source, int bytes) {
    frameBytes = bytes;
    for (int i = 0; i < transmit.options().size(); i++) {
      long frame = sendBuffers + (long) i * BUFFER_BYTES + VirtioNet.HEADER_BYTES;
      for (int at = 0; at < bytes; at++) {
        memory.put8(frame + at, at);
      }
      putAddress(frame, destination);
      putAddress(frame + MacAddress.BYTES, source);
      memory.put8(frame + TYPE_AT, TYPE >>> 8);
      memory.put8(frame + TYPE_AT + 1, TYPE);
    }
  }

  private void putAddress(long at, MacAddress address) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      memory.put8(at + i, (int) (address.bits() >>> (8 * (MacAddress.BYTES - 1 - i))));
    }
  }

  /**
   * Puts frames into the ring and notifies the device.
   *
   * @return how many; fewer than wanted where the ring is full
   */
  public int send(int wanted) {
    int put = 0;
    while (put < wanted && transmit.free() > 0) {
      long buffer = sendBuffers + (long) nextBuffer * BUFFER_BYTES;
      transmit.add(chain.clear().readable(buffer, VirtioNet.HEADER_BYTES + frameBytes));
      nextBuffer = nextBuffer + 1 == transmit.options().size() ? 0 : nextBuffer + 1;
      put++;
    }
    if (put > 0) {
      device.kick(TRANSMIT);
    }
    return put;
  }

  /** Takes back the buffers of frames that the device is done with; how many. */
  public int takeSent() {
    int count = 0;
    while (transmit.poll() >= 0) {
      count++;
    }
    return count;
  }

  /** Takes the frames that have arrived and posts their buffers again; how many. */
  public int takeReceived() {
    int count = 0;
    for (int token = receive.poll(); token >= 0; token = receive.poll()) {
      receivedBytes += receive.usedLength() - VirtioNet.HEADER_BYTES;
      post(receiveBufferOfToken[token]);
      count++;
    }
    if (count > 0) {
      receive.armInterrupt();
      device.kick(RECEIVE);
    }
    return count;
  }

  private void post(long buffer) {
    int token = receive.add(chain.clear().writable(buffer, BUFFER_BYTES));
    receiveBufferOfToken[token] = buffer;
  }

  /** Bytes of all frames that have arrived, without what the device writes before them. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Lets the device work on what the network has for the card, or waits so long at most. */
  public void awaitReceived(long nanos) {
    idle.idle(RECEIVE, nanos);
  }

  /** Lets the device work on what it was given to send, or waits so long at most. */
  public void awaitSent(long nanos) {
    idle.idle(TRANSMIT, nanos);
  }

  /** Whether the device has given up. */
  public boolean isBroken() {
    return device.needsReset();
  }

  @Override
  public void close() {
    device.transport().close();
  }
}
