package org.tenon.hv.attach.frame;

import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * Where the headers of a frame stand that is to be cut into segments: Ethernet with up to two VLAN
 * tags, IPv4 (RFC 791) or IPv6 (RFC 8200), TCP (RFC 9293). Reads the first bytes of the frame, a
 * copy of its own that nobody changes. For one thread.
 */
public final class TcpLayout {
  /** Bytes of a frame that suffice; a frame whose headers are longer is not cut. */
  public static final int HEAD_BYTES = 256;

  /** The type of a VLAN tag. */
  public static final int TAG = 0x8100;

  /** The type of an outer VLAN tag (IEEE 802.1ad). */
  public static final int OUTER_TAG = 0x88a8;

  /** Where in a TCP header its checksum stands. */
  public static final int TCP_CHECKSUM = 16;

  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int IPV4_BYTES = 20;
  private static final int IPV6_BYTES = 40;
  private static final int TCP_BYTES = 20;
  private static final int TCP = 6;

  private int network;
  private int transport;
  private int payload;
  private boolean version4;

  /** A layout of nothing yet. */
  public TcpLayout() {}

  /**
   * Reads the headers.
   *
   * @param head the frame's first bytes
   * @param length how many of them there are, at most {@link #HEAD_BYTES}
   * @param offload what the frame asks, to be {@linkplain NicOffload#cutting cut}
   * @return whether the frame is what the offload says, down to the end of its TCP header
   */
  public boolean read(byte[] head, int length, long offload) {
    version4 = NicOffload.cutting(offload) == NicOffload.TCP4;
    network = networkHeader(head, length, version4 ? IPV4 : IPV6);
    transport = NicOffload.checksumStart(offload);
    if (network < 0
        || NicOffload.checksumOffset(offload) != TCP_CHECKSUM
        || transport + TCP_BYTES > length
        || transport != (version4 ? afterIpv4(head, length) : afterIpv6(head, length))) {
      return false;
    }
    int words = (head[transport + 12] & 0xff) >>> 4;
    payload = transport + words * 4;
    return words * 4 >= TCP_BYTES && payload <= length;
  }

  private static int networkHeader(byte[] head, int length, int wanted) {
    int at = NicProperties.HEADER_BYTES - 2;
    for (int tags = 0; tags < 2 && at + 6 <= length && isTag(u16(head, at)); tags++) {
      at += NicProperties.TAG_BYTES;
    }
    return at + 2 <= length && u16(head, at) == wanted ? at + 2 : -1;
  }

  private static boolean isTag(int type) {
    return type == TAG || type == OUTER_TAG;
  }

  /** The end of a whole IPv4 header before TCP; −1 where there is none. */
  private int afterIpv4(byte[] head, int length) {
    if (network + IPV4_BYTES > length || (head[network] & 0xf0) != 0x40) {
      return -1;
    }
    int bytes = (head[network] & 0xf) * 4;
    boolean fragment = (u16(head, network + 6) & 0x3fff) != 0;
    return bytes >= IPV4_BYTES && !fragment && head[network + 9] == TCP ? network + bytes : -1;
  }

  /** The end of an IPv6 header and its extensions before TCP; −1 where there is none. */
  private int afterIpv6(byte[] head, int length) {
    if (network + IPV6_BYTES > length || (head[network] & 0xf0) != 0x60) {
      return -1;
    }
    int next = head[network + 6] & 0xff;
    int at = network + IPV6_BYTES;
    while (next == 0 || next == 43 || next == 60) {
      if (at + 8 > length) {
        return -1;
      }
      next = head[at] & 0xff;
      at += 8 + 8 * (head[at + 1] & 0xff);
    }
    return next == TCP ? at : -1;
  }

  /** Whether it is IPv4; else IPv6. */
  public boolean isVersion4() {
    return version4;
  }

  /** Where the IP header begins. */
  public int network() {
    return network;
  }

  /** Where the TCP header begins. */
  public int transport() {
    return transport;
  }

  /** Where the TCP header ends. */
  public int payload() {
    return payload;
  }

  /** A 16-bit number in network order. */
  public static int u16(byte[] from, int at) {
    return (from[at] & 0xff) << 8 | from[at + 1] & 0xff;
  }
}
