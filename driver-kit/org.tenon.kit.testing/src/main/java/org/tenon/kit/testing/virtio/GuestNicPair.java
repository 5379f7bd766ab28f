package org.tenon.kit.testing.virtio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * One receiveq and its transmitq (VIRTIO 1.2 section 5.1.2), with the buffers that lie in them. For
 * one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestNicPair {
  private final GuestDevice device;
  private final int index;
  private final List<Integer> pieces;
  private final boolean merges;
  private final GuestChain chain = new GuestChain();
  private final Map<Integer, Long> sending = new HashMap<>();
  private final Map<Integer, Long> posted = new HashMap<>();

  GuestNicPair(GuestDevice device, int index, List<Integer> pieces) {
    this.device = device;
    this.index = index;
    this.pieces = pieces;
    merges = device.has(VirtioFeature.NET_MRG_RXBUF);
  }

  /** The number of its receiveq. */
  public int receiveQueue() {
    return 2 * index;
  }

  /** The number of its transmitq. */
  public int transmitQueue() {
    return 2 * index + 1;
  }

  private GuestRing receive() {
    return device.ring(receiveQueue());
  }

  private GuestRing transmit() {
    return device.ring(transmitQueue());
  }

  /**
   * Puts a frame into the ring; the device may see it after {@link #kick()}.
   *
   * @param cuts where header and frame, which lie one after the other, are cut into descriptors:
   *     the length of each but the last
   * @return false if there is no room
   */
  public boolean add(GuestNicHeader header, byte[] frame, int... cuts) {
    int bytes = VirtioNet.HEADER_BYTES + frame.length;
    long at = device.memory().allocate(bytes, 1);
    header.write(device.memory(), at);
    device.memory().write(at + VirtioNet.HEADER_BYTES, frame);
    chain.clear();
    int from = 0;
    for (int cut : cuts) {
      chain.readable(at + from, cut);
      from += cut;
    }
    chain.readable(at + from, bytes - from);
    int token = transmit().add(chain);
    if (token < 0) {
      device.memory().free(at);
      return false;
    }
    sending.put(token, at);
    return true;
  }

  /** Lets the device see the frames. */
  public void kick() {
    device.kick(transmitQueue());
  }

  /** Takes back the buffers of frames that the device is done with. */
  public void reclaim() {
    for (int token = transmit().poll(); token >= 0; token = transmit().poll()) {
      device.memory().free(Objects.requireNonNull(sending.remove(token)));
    }
  }

  /** How many frames the device has not given back, of what {@link #reclaim} has seen. */
  public int inFlight() {
    return sending.size();
  }

  /** Puts buffers into the receiveq until it is full. */
  public void fill() {
    fill(Integer.MAX_VALUE);
  }

  /** Puts buffers into the receiveq until so many are there, or it is full. */
  public void fill(int wanted) {
    int length = pieces.stream().mapToInt(Integer::intValue).sum();
    boolean any = false;
    while (posted.size() < wanted) {
      long at = device.memory().allocate(length, 1);
      chain.clear();
      long from = at;
      for (int piece : pieces) {
        chain.writable(from, piece);
        from += piece;
      }
      int token = receive().add(chain);
      if (token < 0) {
        device.memory().free(at);
        break;
      }
      posted.put(token, at);
      any = true;
    }
    if (any) {
      device.kick(receiveQueue());
    }
  }

  /**
   * Takes the next frame that has arrived; null if there is none. Its buffers are not posted again,
   * and those that came back empty are forgotten.
   *
   * @throws VirtioViolation if a frame says that it has more buffers than have come
   */
  public @Nullable GuestNicFrame poll() {
    for (int token = receive().poll(); token >= 0; token = receive().poll()) {
      if (receive().usedLength() > 0) {
        return frame(token);
      }
      device.memory().free(Objects.requireNonNull(posted.remove(token)));
    }
    return null;
  }

  private GuestNicFrame frame(int first) {
    List<byte[]> parts = new ArrayList<>();
    byte[] front = take(first);
    if (front.length < VirtioNet.HEADER_BYTES) {
      throw new VirtioViolation(
          "5.1.6.4", "a buffer was used with %d bytes, less than a header".formatted(front.length));
    }
    GuestNicHeader header = GuestNicHeader.of(front);
    parts.add(front);
    // Without merged buffers the field says nothing of buffers that follow (section 5.1.6.4).
    for (int part = 1; merges && part < header.buffers(); part++) {
      int token = receive().poll();
      if (token < 0) {
        throw new VirtioViolation(
            "5.1.6.3.2",
            "a frame of %d buffers was given with %d".formatted(header.buffers(), part));
      }
      parts.add(take(token));
    }
    int bytes = parts.stream().mapToInt(part -> part.length).sum() - VirtioNet.HEADER_BYTES;
    byte[] frame = new byte[bytes];
    int at = -VirtioNet.HEADER_BYTES;
    for (byte[] part : parts) {
      int skip = Math.max(0, -at);
      System.arraycopy(part, skip, frame, at + skip, part.length - skip);
      at += part.length;
    }
    return new GuestNicFrame(index, header, frame);
  }

  private byte[] take(int token) {
    long at = Objects.requireNonNull(posted.remove(token));
    byte[] bytes = device.memory().read(at, receive().usedLength());
    device.memory().free(at);
    return bytes;
  }

  /** Asks for an interrupt at the next buffer that comes back; false if one has already. */
  boolean armReceive() {
    return receive().armInterrupt();
  }

  /** Asks for an interrupt at the next frame that is given back; false if one is already. */
  boolean armTransmit() {
    return transmit().armInterrupt();
  }
}
