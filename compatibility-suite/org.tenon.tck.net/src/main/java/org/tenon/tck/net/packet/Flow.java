package org.tenon.tck.net.packet;

import java.util.random.RandomGenerator;
import org.tenon.api.Stability;

/**
 * One conversation: addresses and ports.
 *
 * @param source 4 or 16 bytes
 * @param destination as many
 * @param protocol {@link Layers#TCP} or {@link Layers#UDP}
 */
@SuppressWarnings("ArrayRecordComponent") // Flows are never compared.
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Flow(
    byte[] source, byte[] destination, int protocol, int sourcePort, int destinationPort) {
  /** Copies the addresses. */
  public Flow {
    source = source.clone();
    destination = destination.clone();
  }

  /** Any conversation between private addresses. */
  public static Flow random(RandomGenerator random, boolean ipv6, int protocol) {
    return new Flow(
        address(random, ipv6),
        address(random, ipv6),
        protocol,
        random.nextInt(1024, 65_536),
        random.nextInt(1024, 65_536));
  }

  /** Whether it runs over IPv6. */
  public boolean isIpv6() {
    return source.length == 16;
  }

  private static byte[] address(RandomGenerator random, boolean ipv6) {
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    random.nextBytes(bytes);
    bytes[0] = ipv6 ? (byte) 0xfd : 10;
    return bytes;
  }
}
