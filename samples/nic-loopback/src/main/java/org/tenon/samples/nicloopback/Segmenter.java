package org.tenon.samples.nicloopback;

import org.tenon.spi.net.NicOffload;

/**
 * Cuts a long TCP frame into segments, as a card with TCP segmentation offload does (RFC 9293; for
 * CWR, RFC 3168 section 6.1.2). For one thread; reused for one frame after the other.
 */
final class Segmenter {
  private static final int TCP_HEADER = 20;
  private static final int TCP_SEQUENCE = 4;
  private static final int TCP_OFFSET = 12;
  private static final int TCP_FLAGS = 13;
  private static final int TCP_CHECKSUM = 16;
  private static final int FIN = 0x01;
  private static final int PSH = 0x08;
  private static final int CWR = 0x80;
  private static final int IPV6_HEADER = 40;

  private final Frame segment;
  private final int maxFrameBytes;
  private int headers;
  private int segmentSize;
  private boolean congestion;

  /**
   * For a card.
   *
   * @param maxFrameBytes the longest segment, its headers included
   */
  Segmenter(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
    this.segment = new Frame(maxFrameBytes);
  }

  /**
   * Reads how a frame is to be cut.
   *
   * @return false if the frame is not what its offload says, or its segments would be too long
   */
  boolean begin(Frame frame, long offload) {
    int type = NicOffload.cutting(offload) == NicOffload.TCP4 ? Frame.TYPE_IPV4 : Frame.TYPE_IPV6;
    int tcp = frame.transport();
    if (frame.type() != type
        || frame.protocol() != Frame.PROTOCOL_TCP
        || frame.length() < tcp + TCP_HEADER
        || NicOffload.checksumStart(offload) != tcp
        || NicOffload.checksumOffset(offload) != TCP_CHECKSUM) {
      return false;
    }
    int tcpHeader = (frame.int8(tcp + TCP_OFFSET) >>> 4) * 4;
    headers = tcp + tcpHeader;
    segmentSize = NicOffload.segmentSize(offload);
    congestion = NicOffload.hasCongestion(offload);
    int longest = headers + Math.min(segmentSize, frame.length() - headers);
    return tcpHeader >= TCP_HEADER
        && headers < frame.length()
        && segmentSize > 0
        && longest <= maxFrameBytes;
  }

  /** How many segments the frame has. */
  int count(Frame frame) {
    return (payload(frame) + segmentSize - 1) / segmentSize;
  }

  /** The length of all segments together, each with its headers. */
  long bytes(Frame frame) {
    return payload(frame) + (long) count(frame) * headers;
  }

  /**
   * Makes one segment.
   *
   * @param index 0 to {@link #count} − 1
   * @return valid until the next call
   */
  Frame segment(Frame frame, int index) {
    int from = index * segmentSize;
    int size = Math.min(segmentSize, payload(frame) - from);
    segment.takeHeaders(frame, headers);
    segment.append(frame, headers + from, size);
    int tcp = frame.transport();
    segment.set32(tcp + TCP_SEQUENCE, frame.int32(tcp + TCP_SEQUENCE) + from);
    int flags = frame.int8(tcp + TCP_FLAGS);
    if (index < count(frame) - 1) {
      flags &= ~(FIN | PSH);
    }
    if (congestion && index > 0) {
      flags &= ~CWR;
    }
    segment.set8(tcp + TCP_FLAGS, flags);
    if (frame.type() == Frame.TYPE_IPV4) {
      finishIpv4(frame, index);
    } else {
      segment.set16(frame.network() + 4, segment.length() - frame.network() - IPV6_HEADER);
    }
    finishTcp(frame);
    return segment;
  }

  private int payload(Frame frame) {
    return frame.length() - headers;
  }

  private void finishIpv4(Frame frame, int index) {
    int ip = frame.network();
    segment.set16(ip + 2, segment.length() - ip);
    segment.set16(ip + 4, frame.int16(ip + 4) + index);
    segment.set16(ip + 10, 0);
    segment.set16(ip + 10, Checksum.finish(Checksum.add(0, segment, ip, frame.transport())));
  }

  /** The checksum over pseudo header and segment, afresh: the guest's sum was for all segments. */
  private void finishTcp(Frame frame) {
    int ip = frame.network();
    int tcp = frame.transport();
    boolean isIpv4 = frame.type() == Frame.TYPE_IPV4;
    int addresses = isIpv4 ? ip + 12 : ip + 8;
    int addressBytes = isIpv4 ? 8 : 32;
    segment.set16(tcp + TCP_CHECKSUM, 0);
    long sum = (long) Frame.PROTOCOL_TCP + (segment.length() - tcp);
    sum = Checksum.add(sum, segment, addresses, addresses + addressBytes);
    sum = Checksum.add(sum, segment, tcp, segment.length());
    segment.set16(tcp + TCP_CHECKSUM, Checksum.finish(sum));
  }
}
