package org.tenon.hv.vswitch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.tenon.hv.attach.frame.InternetSum;
import org.tenon.hv.attach.frame.TcpLayout;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.vswitch.SwitchFrame;

/**
 * A frame that has entered. Its first bytes, on which decisions rest, are a copy; the others lie
 * where the sender has them until they are written out. With extensions, which may look at every
 * byte, all of it is copied. One for each port, refilled. For one thread.
 */
final class Frame implements SwitchFrame {
  private static final int TYPE = 12;
  private static final int PRIORITY_MASK = 0xf000;

  private final boolean whole;
  private byte[] head;
  private int headLength;
  private int length;
  private int port;
  private int vlan;
  private int tag;
  private long offload;
  private NicMemory memory = Nothing.MEMORY;
  private int row;

  /**
   * An empty frame.
   *
   * @param whole whether every byte is copied
   * @param longest the longest frame
   */
  Frame(boolean whole, int longest) {
    this.whole = whole;
    head = new byte[whole ? longest : TcpLayout.HEAD_BYTES];
  }

  /** Takes a frame up; false where it has no Ethernet header or is longer than any may be. */
  boolean load(int from, NicMemory where, int index, long bytes, long asks) {
    port = from;
    memory = where;
    row = index;
    offload = asks;
    if (bytes < NicProperties.HEADER_BYTES
        || bytes > Integer.MAX_VALUE
        || (whole && bytes > head.length)) {
      return false;
    }
    length = (int) bytes;
    headLength = Math.min(length, head.length);
    copy(headLength);
    tag = tagged() ? TcpLayout.u16(head, TYPE + 2) : -1;
    vlan = 0;
    return true;
  }

  private boolean tagged() {
    return length >= NicProperties.HEADER_BYTES + NicProperties.TAG_BYTES
        && TcpLayout.u16(head, TYPE) == TcpLayout.TAG;
  }

  private void copy(int bytes) {
    int done = 0;
    for (int i = 0; done < bytes; i++) {
      int take = Math.min(memory.length(row, i), bytes - done);
      MemorySegment.copy(memory.memory(row, i), JAVA_BYTE, memory.offset(row, i), head, done, take);
      done += take;
    }
  }

  /** The VLAN that the frame's tag names; 0 without a tag. */
  int taggedVlan() {
    return tag < 0 ? 0 : tag & 0xfff;
  }

  void belongsTo(int to) {
    vlan = to;
  }

  boolean isTagged() {
    return tag >= 0;
  }

  byte[] head() {
    return head;
  }

  int headLength() {
    return headLength;
  }

  /** Writes the bytes from {@code from} on that are not in the head. */
  void writeRest(int from, int count, FrameWriter to) {
    int left = count;
    int at = from;
    if (at < headLength) {
      int take = Math.min(headLength - at, left);
      to.put(head, at, take);
      at += take;
      left -= take;
    }
    int skip = at;
    for (int i = 0; left > 0; i++) {
      int segment = memory.length(row, i);
      int before = Math.min(skip, segment);
      int take = Math.min(segment - before, left);
      if (take > 0) {
        to.put(memory.memory(row, i), memory.offset(row, i) + before, take);
      }
      skip -= before;
      left -= take;
    }
  }

  /** Adds the bytes from {@code from} on to a checksum. */
  void addTo(InternetSum sum, int from, int count) {
    int left = count;
    int at = from;
    if (at < headLength) {
      int take = Math.min(headLength - at, left);
      sum.add(head, at, take);
      at += take;
      left -= take;
    }
    int skip = at;
    for (int i = 0; left > 0; i++) {
      int segment = memory.length(row, i);
      int before = Math.min(skip, segment);
      int take = Math.min(segment - before, left);
      sum.add(memory.memory(row, i), memory.offset(row, i) + before, take);
      skip -= before;
      left -= take;
    }
  }

  /** The tag that the frame gets on a trunk: its priority stays. */
  int tagOf(int of) {
    return (tag < 0 ? 0 : tag & PRIORITY_MASK) | of & 0xfff;
  }

  boolean isToGroup() {
    return (head[0] & 1) != 0;
  }

  boolean isFromGroup() {
    return (head[6] & 1) != 0;
  }

  /** Whether the frame asks for more than its bytes can hold, so that nobody could do it. */
  boolean isImpossible() {
    return NicOffload.needsChecksum(offload)
            && NicOffload.checksumStart(offload) + NicOffload.checksumOffset(offload) + 2 > length
        || taggedVlan() > NicFilter.LAST_VLAN;
  }

  private long address(int at) {
    long bits = 0;
    for (int i = at; i < at + 6; i++) {
      bits = bits << 8 | head[i] & 0xff;
    }
    return bits;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public int vlan() {
    return vlan;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int octet(int index) {
    return head[Objects.checkIndex(index, length)] & 0xff;
  }

  @Override
  public long destination() {
    return address(0);
  }

  @Override
  public long source() {
    return address(6);
  }

  @Override
  public long offload() {
    return offload;
  }
}
