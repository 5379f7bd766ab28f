package org.tenon.samples.e1000;

/**
 * Cuts a large packet into frames, each with the packet's header brought up to date, and fills in
 * checksums (3.5, 3.6). For the device thread.
 */
final class Segmenter {
  /** Where a packet begins in the buffers, so that a VLAN tag can be put in. */
  static final int START = 4;

  private static final int FIN_AND_PSH = 0x09;
  private static final int IPV6_HEADER = 40;
  private static final int MOST_HEADER = 255;

  private final byte[] frame = new byte[START + MOST_HEADER + 0x10000];

  /** Takes a frame that is ready, at {@link #START}; may change it. */
  @FunctionalInterface
  interface Output {
    /** Takes it. */
    void frame(byte[] bytes, int length);
  }

  /** How many frames a packet gives; 0 where its context makes no sense. */
  static int count(OffloadContext context, int length) {
    int payload = length - context.headerLength();
    int size = context.segmentSize();
    if (size == 0 || payload <= 0 || size + context.headerLength() > Transmitter.LONGEST) {
      return 0;
    }
    return (payload + size - 1) / size;
  }

  /**
   * Cuts a packet.
   *
   * @param packet holds it from {@link #START} on; with a count that is not 0
   * @param ipSum whether the IPv4 checksum is filled in
   * @param transportSum whether that of TCP or UDP is
   */
  void cut(
      OffloadContext context,
      byte[] packet,
      int length,
      boolean ipSum,
      boolean transportSum,
      Output output) {
    int header = context.headerLength();
    int count = count(context, length);
    for (int i = 0; i < count; i++) {
      int from = header + i * context.segmentSize();
      int part = Math.min(context.segmentSize(), length - from);
      System.arraycopy(packet, START, frame, START, header);
      System.arraycopy(packet, START + from, frame, START + header, part);
      int whole = header + part;
      update(context, whole, i, i == count - 1);
      if (transportSum) {
        addLength(context, whole);
      }
      fill(context, frame, whole, ipSum, transportSum);
      output.frame(frame, whole);
    }
  }

  private void update(OffloadContext context, int length, int index, boolean last) {
    int ip = context.ipStart();
    int header = context.headerLength();
    if (context.isIpv4()) {
      if (ip + 6 <= header) {
        Checksum.put16(frame, START + ip + 2, length - ip);
        int id = Checksum.get16(frame, START + ip + 4);
        Checksum.put16(frame, START + ip + 4, id + index);
      }
    } else if (ip + 6 <= header) {
      Checksum.put16(frame, START + ip + 4, length - ip - IPV6_HEADER);
    }
    int transport = context.transportStart();
    if (!context.isTcp()) {
      if (transport + 6 <= header) {
        Checksum.put16(frame, START + transport + 4, length - transport);
      }
    } else if (transport + 14 <= header) {
      int sequence = Checksum.get32(frame, START + transport + 4);
      Checksum.put32(frame, START + transport + 4, sequence + index * context.segmentSize());
      if (!last) {
        frame[START + transport + 13] &= ~FIN_AND_PSH;
      }
    }
  }

  /** The pseudo-header's sum, which the guest put there, lacks the length of each segment. */
  private void addLength(OffloadContext context, int length) {
    int at = context.transportSum();
    if (at + 2 <= length) {
      int sum = Checksum.get16(frame, START + at) + length - context.transportStart();
      Checksum.put16(frame, START + at, Checksum.fold(sum & 0xffffffffL));
    }
  }

  /** Fills in the checksums of a whole packet. */
  static void fill(
      OffloadContext context, byte[] packet, int length, boolean ipSum, boolean transportSum) {
    if (ipSum) {
      insert(packet, length, context.ipStart(), context.ipSum(), context.ipEnd());
    }
    if (transportSum) {
      insert(
          packet, length, context.transportStart(), context.transportSum(), context.transportEnd());
    }
  }

  /**
   * Puts the complement of a sum into a packet.
   *
   * @param from the first byte of the sum
   * @param at where it goes
   * @param last the last byte; 0 for the packet's last
   */
  static void insert(byte[] packet, int length, int from, int at, int last) {
    int end = last == 0 ? length : Math.min(last + 1, length);
    if (from < end && at + 2 <= length) {
      int sum = Checksum.fold(Checksum.sum(packet, START + from, START + end));
      Checksum.put16(packet, START + at, ~sum);
    }
  }
}
