package org.tenon.samples.nicloopback;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.tenon.spi.net.NicMemory;

/**
 * A frame on the wire: bytes of the card's own, which no guest can change any more, and where its
 * headers lie. Whatever is in them, nothing outside the frame is read. For one thread.
 */
final class Frame {
  static final int HEADER = 14;
  static final int TYPE_IPV4 = 0x0800;
  static final int TYPE_IPV6 = 0x86dd;
  static final int PROTOCOL_TCP = 6;
  static final int PROTOCOL_UDP = 17;

  private static final int TYPE_AT = 12;
  private static final int TYPE_VLAN = 0x8100;
  private static final int TYPE_SERVICE_VLAN = 0x88a8;
  private static final int TAG = 4;
  private static final int IPV4_HEADER = 20;
  private static final int IPV6_HEADER = 40;
  private static final int IPV4_FRAGMENT = 0x3fff;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int DESTINATION_OPTIONS = 60;

  private final byte[] bytes;
  private int length;
  private int vlan;
  private int type;
  private int network;
  private int transport;
  private int protocol;

  /** Room for frames of up to {@code most} bytes. */
  Frame(int most) {
    bytes = new byte[most];
  }

  /** Takes a frame off guest memory, once. It is no longer than this has room for. */
  void take(NicMemory memory, int tag) {
    length = 0;
    for (int i = 0; i < memory.segments(tag); i++) {
      int more = memory.length(tag, i);
      MemorySegment segment = memory.memory(tag, i);
      MemorySegment.copy(
          segment, ValueLayout.JAVA_BYTE, memory.offset(tag, i), bytes, length, more);
      length += more;
    }
    readHeaders();
  }

  /** Becomes the first bytes of another frame, which hold its headers. */
  void takeHeaders(Frame other, int count) {
    System.arraycopy(other.bytes, 0, bytes, 0, count);
    length = count;
    readHeaders();
  }

  /** Becomes longer by bytes of another frame. */
  void append(Frame other, int from, int count) {
    System.arraycopy(other.bytes, from, bytes, length, count);
    length += count;
  }

  /** Puts bytes of the frame into guest memory. */
  void copyTo(int from, MemorySegment memory, long offset, int count) {
    MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, offset, count);
  }

  int length() {
    return length;
  }

  /** The VLAN of the outermost tag; 0 for a frame without one. */
  int vlan() {
    return vlan;
  }

  /** What the frame carries behind its tags, an EtherType. */
  int type() {
    return type;
  }

  /** Where the IP header begins. */
  int network() {
    return network;
  }

  /** Where TCP or another protocol begins; 0 in a fragment and in what is not whole IP. */
  int transport() {
    return transport;
  }

  /** The protocol at {@link #transport()}. */
  int protocol() {
    return protocol;
  }

  /** Whether it is IP whose fixed header is all there. */
  boolean isIp() {
    return (type == TYPE_IPV4 && length >= network + IPV4_HEADER)
        || (type == TYPE_IPV6 && length >= network + IPV6_HEADER);
  }

  /** The destination, as {@link org.tenon.spi.net.MacAddress#bits()}. */
  long destination() {
    return (long) int16(0) << 32 | int32(2) & 0xffff_ffffL;
  }

  int int8(int at) {
    return bytes[at] & 0xff;
  }

  int int16(int at) {
    return int8(at) << 8 | int8(at + 1);
  }

  int int32(int at) {
    return int16(at) << 16 | int16(at + 2);
  }

  void set8(int at, int value) {
    bytes[at] = (byte) value;
  }

  void set16(int at, int value) {
    set8(at, value >>> 8);
    set8(at + 1, value);
  }

  void set32(int at, int value) {
    set16(at, value >>> 16);
    set16(at + 2, value);
  }

  private void readHeaders() {
    vlan = 0;
    transport = 0;
    protocol = -1;
    int at = TYPE_AT;
    boolean first = true;
    while (isTag(int16(at)) && at + TAG + 2 <= length) {
      vlan = first ? int16(at + 2) & 0xfff : vlan;
      first = false;
      at += TAG;
    }
    type = int16(at);
    network = at + 2;
    if (isIp()) {
      if (type == TYPE_IPV4) {
        readIpv4();
      } else {
        readIpv6();
      }
    }
  }

  private static boolean isTag(int type) {
    return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN;
  }

  private void readIpv4() {
    int header = (int8(network) & 0xf) * 4;
    boolean isFragment = (int16(network + 6) & IPV4_FRAGMENT) != 0;
    if (int8(network) >>> 4 == 4 && header >= IPV4_HEADER && !isFragment) {
      setTransport(int8(network + 9), network + header);
    }
  }

  private void readIpv6() {
    if (int8(network) >>> 4 != 6) {
      return;
    }
    int next = int8(network + 6);
    int at = network + IPV6_HEADER;
    while (isExtension(next) && at + 2 <= length) {
      next = int8(at);
      at += (int8(at + 1) + 1) * 8;
    }
    setTransport(next, at);
  }

  private static boolean isExtension(int next) {
    return next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS;
  }

  private void setTransport(int next, int at) {
    if (at < length) {
      protocol = next;
      transport = at;
    }
  }
}
