package org.tenon.tck.net.packet;

import java.nio.ByteBuffer;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.net.NicSteering;

/** Where receive-side scaling takes a frame (VIRTIO 1.2, 5.1.6.4.3). */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Toeplitz {
  private Toeplitz() {}

  /** The queue on which a frame arrives. */
  public static int queue(byte[] frame, NicSteering steering) {
    byte[] fields = fields(frame, steering.types());
    if (fields.length == 0) {
      return steering.unclassified();
    }
    int entry = hash(fields, steering.key()) & (steering.table().size() - 1);
    return steering.table().get(entry);
  }

  /** The hash of bytes: the exclusive or of the key's windows at each bit that is set. */
  public static int hash(byte[] input, List<Integer> key) {
    int hash = 0;
    for (int bit = 0; bit < input.length * 8; bit++) {
      if ((input[bit / 8] >>> (7 - bit % 8) & 1) != 0) {
        hash ^= window(key, bit);
      }
    }
    return hash;
  }

  private static int window(List<Integer> key, int bit) {
    int window = 0;
    for (int i = bit; i < bit + 32; i++) {
      window = window << 1 | key.get(i / 8) >>> (7 - i % 8) & 1;
    }
    return window;
  }

  /** The bytes that are hashed; none for a frame of no named type. */
  private static byte[] fields(byte[] frame, int types) {
    Layers layers = Layers.of(frame);
    if (layers.protocol() < 0) {
      return new byte[0];
    }
    boolean v4 = layers.isIpv4();
    int withPorts =
        switch (layers.protocol()) {
          case Layers.TCP -> v4 ? NicSteering.TCP4 : NicSteering.TCP6;
          case Layers.UDP -> v4 ? NicSteering.UDP4 : NicSteering.UDP6;
          default -> 0;
        };
    int plain = v4 ? NicSteering.IPV4 : NicSteering.IPV6;
    int addresses = v4 ? layers.network() + 12 : layers.network() + 8;
    int bytes = v4 ? 8 : 32;
    if ((types & withPorts) != 0) {
      return ByteBuffer.allocate(bytes + 4)
          .put(frame, addresses, bytes)
          .put(frame, layers.transport(), 4)
          .array();
    }
    return (types & plain) != 0
        ? ByteBuffer.allocate(bytes).put(frame, addresses, bytes).array()
        : new byte[0];
  }
}
