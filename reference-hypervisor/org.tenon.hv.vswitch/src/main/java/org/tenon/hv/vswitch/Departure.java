package org.tenon.hv.vswitch;

import org.tenon.hv.attach.frame.InternetSum;
import org.tenon.hv.attach.frame.TcpLayout;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/**
 * Writes a frame out by one port: with the VLAN tag that it has there, and with what is still to be
 * done to it done, as far as the port does not take it. For one thread at a time.
 */
final class Departure {
  private static final int TYPE = 12;
  private static final int FIN_AND_PSH = 0x09;
  private static final int CWR = 0x80;
  private static final int FLAGS = 13;
  private static final int SEQUENCE = 4;

  /** The frame's first bytes as they leave; a tag may be added. */
  private final byte[] head = new byte[TcpLayout.HEAD_BYTES + NicProperties.TAG_BYTES];

  private final int maxFrameBytes;

  private final byte[] segmentHead = new byte[TcpLayout.HEAD_BYTES + NicProperties.TAG_BYTES];
  private final TcpLayout layout = new TcpLayout();
  private final InternetSum sum = new InternetSum();
  private int headLength;

  /** How many bytes of the frame as it entered the head stands for. */
  private int taken;

  /**
   * For one port.
   *
   * @param maxFrameBytes the longest frame that leaves by it and is not to be cut
   */
  Departure(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** How a frame's tag changes where it leaves. */
  enum Tagging {
    /** It stays as it is. */
    KEEP,
    /** The frame gets one. */
    ADD,
    /** It goes. */
    REMOVE
  }

  /**
   * Writes a frame, or its segments.
   *
   * @param checksums whether the port takes frames that lack their checksum
   * @param joined whether it takes frames to be cut; with {@code checksums} only
   * @return how many frames were written; 0 where there was no room, −1 where the frame is not what
   *     its offload says, or too long
   */
  int write(Frame frame, Tagging tagging, boolean checksums, boolean joined, FrameWriter to) {
    int shift = prepare(frame, tagging);
    long offload = frame.offload();
    if (NicOffload.cutting(offload) != NicOffload.WHOLE && !joined) {
      return segments(frame, shift, to);
    }
    if (NicOffload.needsChecksum(offload) && !checksums) {
      return summed(frame, shift, to);
    }
    long leaves = !checksums ? NicOffload.NONE : shifted(offload, shift);
    return whole(frame, shift, leaves, to);
  }

  /** Copies the head with its tag; by how many bytes the rest is shifted. */
  private int prepare(Frame frame, Tagging tagging) {
    taken = Math.min(frame.headLength(), TcpLayout.HEAD_BYTES);
    byte[] from = frame.head();
    int shift = 0;
    System.arraycopy(from, 0, head, 0, TYPE);
    if (tagging == Tagging.ADD) {
      shift = NicProperties.TAG_BYTES;
      put16(head, TYPE, TcpLayout.TAG);
      put16(head, TYPE + 2, frame.tagOf(frame.vlan()));
      System.arraycopy(from, TYPE, head, TYPE + shift, taken - TYPE);
    } else if (tagging == Tagging.REMOVE) {
      shift = -NicProperties.TAG_BYTES;
      System.arraycopy(from, TYPE - shift, head, TYPE, taken - TYPE + shift);
    } else {
      System.arraycopy(from, TYPE, head, TYPE, taken - TYPE);
    }
    headLength = taken + shift;
    return shift;
  }

  private static long shifted(long offload, int shift) {
    if (!NicOffload.needsChecksum(offload) || shift == 0) {
      return offload;
    }
    long moved =
        NicOffload.checksum(
            NicOffload.checksumStart(offload) + shift, NicOffload.checksumOffset(offload));
    int cutting = NicOffload.cutting(offload);
    return cutting == NicOffload.WHOLE
        ? moved
        : NicOffload.cut(
            moved, cutting, NicOffload.segmentSize(offload), NicOffload.hasCongestion(offload));
  }

  private int whole(Frame frame, int shift, long leaves, FrameWriter to) {
    boolean cut = NicOffload.cutting(leaves) != NicOffload.WHOLE;
    if (frame.length() + shift > (cut ? VirtualSwitch.JOINED_BYTES : maxFrameBytes)) {
      return -1;
    }
    if (!to.begin(frame.length() + shift)) {
      return 0;
    }
    to.put(head, 0, headLength);
    frame.writeRest(taken, frame.length() - taken, to);
    to.end(leaves);
    return 1;
  }

  /** Completes the checksum of a whole frame, wherever it stands. */
  private int summed(Frame frame, int shift, FrameWriter to) {
    int start = NicOffload.checksumStart(frame.offload());
    int field = start + NicOffload.checksumOffset(frame.offload());
    if (field + 2 > frame.length() || start < TYPE + 2 || frame.length() + shift > maxFrameBytes) {
      return -1;
    }
    if (!to.begin(frame.length() + shift)) {
      return 0;
    }
    sum.clear();
    frame.addTo(sum, start, frame.length() - start);
    int checksum = sum.checksumNotZero();
    put16(segmentHead, 0, checksum);
    if (field + 2 <= taken) {
      put16(head, field + shift, checksum);
      to.put(head, 0, headLength);
      frame.writeRest(taken, frame.length() - taken, to);
    } else if (field >= taken) {
      to.put(head, 0, headLength);
      frame.writeRest(taken, field - taken, to);
      to.put(segmentHead, 0, 2);
      frame.writeRest(field + 2, frame.length() - field - 2, to);
    } else {
      to.put(head, 0, headLength - 1);
      to.put(segmentHead, 0, 2);
      frame.writeRest(field + 2, frame.length() - field - 2, to);
    }
    to.end(NicOffload.NONE);
    return 1;
  }

  /** Cuts TCP into segments (RFC 9293), each a frame of its own. */
  private int segments(Frame frame, int shift, FrameWriter to) {
    long offload = shifted(frame.offload(), shift);
    if (!layout.read(head, Math.min(headLength, TcpLayout.HEAD_BYTES), offload)) {
      return -1;
    }
    int size = NicOffload.segmentSize(offload);
    int payloadAt = layout.payload() - shift;
    int payload = frame.length() - payloadAt;
    if (layout.payload() + Math.min(size, payload) > maxFrameBytes) {
      return -1;
    }
    int written = 0;
    for (int done = 0, number = 0; number == 0 || done < payload; done += size, number++) {
      int bytes = Math.min(size, payload - done);
      boolean last = done + bytes >= payload;
      segmentHead(frame, number, done, bytes, last);
      sum.clear();
      pseudoHeader(bytes);
      sum.add(segmentHead, layout.transport(), layout.payload() - layout.transport());
      frame.addTo(sum, payloadAt + done, bytes);
      put16(segmentHead, layout.transport() + TcpLayout.TCP_CHECKSUM, sum.checksum());
      if (to.begin(layout.payload() + bytes)) {
        to.put(segmentHead, 0, layout.payload());
        frame.writeRest(payloadAt + done, bytes, to);
        to.end(NicOffload.NONE);
        written++;
      }
    }
    return written;
  }

  private void segmentHead(Frame frame, int number, int done, int bytes, boolean last) {
    System.arraycopy(head, 0, segmentHead, 0, layout.payload());
    int network = layout.network();
    int transport = layout.transport();
    int afterNetwork = layout.payload() - network + bytes;
    if (layout.isVersion4()) {
      put16(segmentHead, network + 2, afterNetwork);
      put16(segmentHead, network + 4, TcpLayout.u16(head, network + 4) + number);
      put16(segmentHead, network + 10, 0);
      sum.clear().add(segmentHead, network, transport - network);
      put16(segmentHead, network + 10, sum.checksum());
    } else {
      put16(segmentHead, network + 4, afterNetwork - 40);
    }
    int at = transport + SEQUENCE;
    int sequence = (TcpLayout.u16(head, at) << 16 | TcpLayout.u16(head, at + 2)) + done;
    put16(segmentHead, at, sequence >>> 16);
    put16(segmentHead, at + 2, sequence);
    int flags = head[transport + FLAGS] & 0xff;
    if (!last) {
      flags &= ~FIN_AND_PSH;
    }
    if (number > 0 && NicOffload.hasCongestion(frame.offload())) {
      flags &= ~CWR;
    }
    segmentHead[transport + FLAGS] = (byte) flags;
    put16(segmentHead, transport + TcpLayout.TCP_CHECKSUM, 0);
  }

  private void pseudoHeader(int bytes) {
    int network = layout.network();
    int addresses = layout.isVersion4() ? 8 : 32;
    sum.add(segmentHead, network + (layout.isVersion4() ? 12 : 8), addresses);
    sum.addWord(6);
    sum.addWord(layout.payload() - layout.transport() + bytes);
  }

  private static void put16(byte[] into, int at, int value) {
    into[at] = (byte) (value >>> 8);
    into[at + 1] = (byte) value;
  }
}
