package org.tenon.tck.net.packet;

import org.tenon.api.Stability;

/**
 * Where the layers of a frame begin.
 *
 * @param vlan of the outer tag; 0 without one
 * @param type the Ethernet type behind all tags
 * @param network where the IP header begins
 * @param protocol TCP, UDP or another; −1 where there is no whole IP packet
 * @param transport where the TCP or UDP header begins
 * @param end where the IP packet ends
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Layers(int vlan, int type, int network, int protocol, int transport, int end) {
  /** IPv4's Ethernet type. */
  public static final int IPV4 = 0x0800;

  /** IPv6's Ethernet type. */
  public static final int IPV6 = 0x86dd;

  /** TCP's number. */
  public static final int TCP = 6;

  /** UDP's number. */
  public static final int UDP = 17;

  private static final int TAG = 0x8100;
  private static final int SERVICE_TAG = 0x88a8;
  private static final int HEADER = 14;

  /** Reads a frame of at least 14 bytes. */
  public static Layers of(byte[] frame) {
    int at = HEADER - 2;
    int vlan = 0;
    boolean outer = true;
    while (isTag(Octets.get16(frame, at)) && at + 6 <= frame.length) {
      vlan = outer ? Octets.get16(frame, at + 2) & 0xfff : vlan;
      outer = false;
      at += 4;
    }
    int type = Octets.get16(frame, at);
    int network = at + 2;
    return switch (type) {
      case IPV4 -> ipv4(frame, vlan, network);
      case IPV6 -> ipv6(frame, vlan, network);
      default -> none(vlan, type, network);
    };
  }

  /** Whether it is IPv4. */
  public boolean isIpv4() {
    return type == IPV4;
  }

  /** Whether it carries TCP or UDP, whole. */
  public boolean hasTransport() {
    return protocol == TCP || protocol == UDP;
  }

  private static boolean isTag(int type) {
    return type == TAG || type == SERVICE_TAG;
  }

  private static Layers none(int vlan, int type, int network) {
    return new Layers(vlan, type, network, -1, network, network);
  }

  private static Layers ipv4(byte[] frame, int vlan, int network) {
    if (frame.length < network + 20) {
      return none(vlan, IPV4, network);
    }
    int transport = network + (frame[network] & 0xf) * 4;
    int end = network + Octets.get16(frame, network + 2);
    boolean whole =
        transport >= network + 20
            && transport <= end
            && end <= frame.length
            && (Octets.get16(frame, network + 6) & 0x3fff) == 0;
    return whole
        ? new Layers(vlan, IPV4, network, Octets.get8(frame, network + 9), transport, end)
        : none(vlan, IPV4, network);
  }

  private static Layers ipv6(byte[] frame, int vlan, int network) {
    if (frame.length < network + 40) {
      return none(vlan, IPV6, network);
    }
    int end = network + 40 + Octets.get16(frame, network + 4);
    int next = Octets.get8(frame, network + 6);
    int at = network + 40;
    while ((next == 0 || next == 43 || next == 60) && at + 8 <= frame.length) {
      next = Octets.get8(frame, at);
      at += (Octets.get8(frame, at + 1) + 1) * 8;
    }
    return at <= end && end <= frame.length
        ? new Layers(vlan, IPV6, network, next, at, end)
        : none(vlan, IPV6, network);
  }
}
