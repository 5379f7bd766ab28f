package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.RXCSUM;

/**
 * What the controller says of a received packet's checksums (3.2.9): of IPv4, TCP and UDP, and the
 * sum over the packet from a byte of the guest's choice. For the device thread.
 */
final class ReceiveChecksum {
  /** In the descriptor's status: nothing was looked at. */
  static final int IGNORED = 1 << 2;

  /** The checksum of TCP or UDP was looked at. */
  static final int TRANSPORT = 1 << 5;

  /** The checksum of IPv4 was looked at. */
  static final int IP = 1 << 6;

  /** In the descriptor's errors, which begin at bit 8 here: that of TCP or UDP is wrong. */
  static final int TRANSPORT_ERROR = 1 << 13;

  /** That of IPv4 is wrong. */
  static final int IP_ERROR = 1 << 14;

  private static final int START = 0xff;
  private static final int IP_OFFLOAD = 1 << 8;
  private static final int TRANSPORT_OFFLOAD = 1 << 9;
  private static final int ETHERNET = 14;
  private static final int TYPE_IPV4 = 0x0800;
  private static final int TCP = 6;
  private static final int UDP = 17;

  private final RegisterFile file;

  ReceiveChecksum(RegisterFile file) {
    this.file = file;
  }

  /** The packet checksum, as it goes into the descriptor. */
  int packet(byte[] frame, int start, int length) {
    int from = file.get(RXCSUM) & START;
    return from >= length ? 0 : Checksum.fold(Checksum.sum(frame, start + from, start + length));
  }

  /** Status and errors for the descriptor. */
  int judge(byte[] frame, int start, int length) {
    int at = start + ETHERNET;
    int end = start + length;
    if (length < ETHERNET + 20
        || Checksum.get16(frame, start + 12) != TYPE_IPV4
        || frame[at] >>> 4 != 4) {
      return IGNORED;
    }
    int header = (frame[at] & 15) * 4;
    int total = Checksum.get16(frame, at + 2);
    if (header < 20 || total < header || at + total > end) {
      return IGNORED;
    }
    int said = 0;
    if (file.has(RXCSUM, IP_OFFLOAD)) {
      said |= IP;
      if (Checksum.fold(Checksum.sum(frame, at, at + header)) != 0xffff) {
        said |= IP_ERROR;
      }
    }
    if (file.has(RXCSUM, TRANSPORT_OFFLOAD)) {
      said |= transport(frame, at, header, total);
    }
    return said == 0 ? IGNORED : said;
  }

  private static int transport(byte[] frame, int at, int header, int total) {
    int protocol = frame[at + 9];
    boolean fragment = (Checksum.get16(frame, at + 6) & 0x3fff) != 0;
    int length = total - header;
    if (fragment
        || (protocol != TCP || length < 20) && (protocol != UDP || length < 8)
        || protocol == UDP && Checksum.get16(frame, at + header + 6) == 0) {
      return 0;
    }
    long sum =
        Checksum.sum(frame, at + 12, at + 20)
            + protocol
            + length
            + Checksum.sum(frame, at + header, at + total);
    return Checksum.fold(sum) == 0xffff ? TRANSPORT : TRANSPORT | TRANSPORT_ERROR;
  }
}
