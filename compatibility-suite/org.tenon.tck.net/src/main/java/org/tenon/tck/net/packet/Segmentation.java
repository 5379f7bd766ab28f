package org.tenon.tck.net.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.net.NicOffload;

/** How a long TCP frame is cut (RFC 9293; for CWR, RFC 3168 section 6.1.2). */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Segmentation {
  private Segmentation() {}

  /**
   * The segments, complete.
   *
   * @param frame TCP with the sum of the pseudo header in its checksum field
   * @param offload how it is to be cut
   */
  public static List<byte[]> cut(byte[] frame, long offload) {
    Layers whole = Layers.of(frame);
    int tcp = whole.transport();
    int headers = tcp + (frame[tcp + 12] >>> 4 & 0xf) * 4;
    int size = NicOffload.segmentSize(offload);
    List<byte[]> segments = new ArrayList<>();
    for (int from = headers; from < frame.length; from += size) {
      int to = Math.min(from + size, frame.length);
      byte[] segment = Arrays.copyOf(frame, headers + to - from);
      System.arraycopy(frame, from, segment, headers, to - from);
      int flags = frame[tcp + 13] & 0xff;
      if (to < frame.length) {
        flags &= ~(FrameMaker.FIN | FrameMaker.PSH);
      }
      if (from > headers && NicOffload.hasCongestion(offload)) {
        flags &= ~FrameMaker.CWR;
      }
      segment[tcp + 13] = (byte) flags;
      Octets.put32(segment, tcp + 4, Octets.get32(frame, tcp + 4) + from - headers);
      segments.add(finish(segment, whole, segments.size()));
    }
    return segments;
  }

  private static byte[] finish(byte[] segment, Layers whole, int index) {
    int ip = whole.network();
    if (whole.isIpv4()) {
      Octets.put16(segment, ip + 2, segment.length - ip);
      Octets.put16(segment, ip + 4, Octets.get16(segment, ip + 4) + index);
      Octets.put16(segment, ip + 10, 0);
      Octets.put16(segment, ip + 10, ~Checksums.sum(0, segment, ip, whole.transport()));
    } else {
      Octets.put16(segment, ip + 4, segment.length - ip - 40);
    }
    int field = whole.transport() + 16;
    int length = segment.length - whole.transport();
    Octets.put16(segment, field, Checksums.pseudoHeader(segment, whole, length));
    return Checksums.complete(segment, whole.transport(), 16);
  }
}
