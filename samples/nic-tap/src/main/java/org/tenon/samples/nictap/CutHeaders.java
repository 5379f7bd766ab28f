package org.tenon.samples.nictap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicOffload;

/**
 * The headers of a frame that is to be cut: checked, since the kernel believes what it is told of
 * them, and copied before, since the guest may change them meanwhile. For one thread.
 */
final class CutHeaders {
  private static final int MOST = 512;
  private static final int TYPE_AT = 12;
  private static final int TAG = 4;
  private static final int TYPE_VLAN = 0x8100;
  private static final int TYPE_SERVICE_VLAN = 0x88a8;
  private static final int TYPE_IPV4 = 0x0800;
  private static final int TYPE_IPV6 = 0x86dd;
  private static final int IPV4_HEADER = 20;
  private static final int IPV4_FRAGMENT = 0x3fff;
  private static final int IPV6_HEADER = 40;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int TCP = 6;
  private static final int TCP_HEADER = 20;
  private static final int TCP_CHECKSUM = 16;

  private final MemorySegment copy;
  private int copied;
  private int length;

  CutHeaders(Arena arena) {
    copy = arena.allocate(MOST);
  }

  /**
   * Copies the headers of a frame, and what comes with them.
   *
   * @param total the frame's length
   * @param longest the longest segment that may be cut from it, its headers included
   * @return false if the frame is not what its offload says
   */
  boolean read(NicFrames frames, int tag, long total, int longest) {
    copied = (int) Math.min(total, MOST);
    int done = 0;
    for (int i = 0; done < copied; i++) {
      int more = Math.min(frames.length(tag, i), copied - done);
      MemorySegment.copy(frames.memory(tag, i), frames.offset(tag, i), copy, done, more);
      done += more;
    }
    long offload = frames.offload(tag);
    int tcp = NicOffload.cutting(offload) == NicOffload.TCP4 ? findTcp4() : findTcp6();
    if (tcp == 0
        || tcp + TCP_HEADER > copied
        || NicOffload.checksumStart(offload) != tcp
        || NicOffload.checksumOffset(offload) != TCP_CHECKSUM) {
      return false;
    }
    int tcpHeader = (int8(tcp + 12) >>> 4) * 4;
    length = tcp + tcpHeader;
    int segmentSize = NicOffload.segmentSize(offload);
    return tcpHeader >= TCP_HEADER
        && length <= copied
        && length < total
        && segmentSize > 0
        && length + Math.min(segmentSize, total - length) <= longest;
  }

  /** How long the headers are. */
  int length() {
    return length;
  }

  /** How many bytes of the frame have been copied, from its front. */
  int copied() {
    return copied;
  }

  /** The copy. */
  MemorySegment copy() {
    return copy;
  }

  private int findTcp4() {
    int ip = network(TYPE_IPV4);
    if (ip == 0 || ip + IPV4_HEADER > copied) {
      return 0;
    }
    int header = (int8(ip) & 0xf) * 4;
    boolean isWhole = (int16(ip + 6) & IPV4_FRAGMENT) == 0;
    boolean isTcp = int8(ip) >>> 4 == 4 && isWhole && int8(ip + 9) == TCP;
    return isTcp && header >= IPV4_HEADER ? ip + header : 0;
  }

  private int findTcp6() {
    int ip = network(TYPE_IPV6);
    if (ip == 0 || ip + IPV6_HEADER > copied || int8(ip) >>> 4 != 6) {
      return 0;
    }
    int next = int8(ip + 6);
    int at = ip + IPV6_HEADER;
    while ((next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS)
        && at + 2 <= copied) {
      next = int8(at);
      at += (int8(at + 1) + 1) * 8;
    }
    return next == TCP ? at : 0;
  }

  /** Where the payload of that type begins, behind any tags; 0 if it is of another. */
  private int network(int type) {
    int at = TYPE_AT;
    while (at + TAG + 2 <= copied && (int16(at) == TYPE_VLAN || int16(at) == TYPE_SERVICE_VLAN)) {
      at += TAG;
    }
    return int16(at) == type ? at + 2 : 0;
  }

  private int int8(int at) {
    return copy.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private int int16(int at) {
    return int8(at) << 8 | int8(at + 1);
  }
}
