package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.CTRL;
import static org.tenon.samples.e1000.Registers.TADV;
import static org.tenon.samples.e1000.Registers.TCTL;
import static org.tenon.samples.e1000.Registers.TDBAL;
import static org.tenon.samples.e1000.Registers.TIDV;
import static org.tenon.samples.e1000.Registers.VET;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceHost;

/**
 * Walks the transmit ring (3.3, 3.4): gathers packets, has their checksums filled in and large ones
 * cut, and sends. Works in short turns, so that no guest can keep the device thread. For that
 * thread.
 */
final class Transmitter {
  /** The longest frame without its check sequence; a longer packet is dropped. */
  static final int LONGEST = 16288;

  /** Where frames go. */
  interface Line {
    /** Whether frames of so many bytes in all, each with 4 more, can be taken now. */
    boolean hasRoom(long bytes);

    /** Takes one. */
    void send(byte[] frame, int start, int length);
  }

  private static final int ENABLED = 1 << 1;
  private static final int PAD = 1 << 3;
  private static final int VLAN_MODE = 1 << 30;

  private static final int END_OF_PACKET = 1 << 24;
  private static final int INSERT_CRC = 1 << 25;
  private static final int INSERT_SUM = 1 << 26;
  private static final int SEGMENT = 1 << 26;
  private static final int REPORT_STATUS = 1 << 27;
  private static final int EXTENDED = 1 << 29;
  private static final int VLAN = 1 << 30;
  private static final int INTERRUPT_DELAY = 1 << 31;
  private static final int TYPE = 0xf << 20;
  private static final int TYPE_DATA = 1 << 20;
  private static final int IP_SUM = 1 << 8;
  private static final int TRANSPORT_SUM = 1 << 9;
  private static final int DONE = 1;

  private static final int TURN_DESCRIPTORS = 64;
  private static final int TURN_BYTES = 256 << 10;
  private static final int MOST_BYTES = 0x10000 + 255;
  private static final int CRC_BYTES = 4;
  private static final int TAG_BYTES = 4;
  private static final int SHORTEST = 60;
  private static final int HEADER = 14;

  private final byte[] packet = new byte[Segmenter.START + MOST_BYTES];
  private final MemorySegment bytes = MemorySegment.ofArray(packet);
  private final RegisterFile file;
  private final DeviceHost host;
  private final DescriptorRing ring;
  private final OffloadContext plain = new OffloadContext();
  private final OffloadContext segmented = new OffloadContext();
  private final Segmenter segmenter = new Segmenter();
  private final Statistics statistics;
  private final InterruptCause cause;
  private final DelayTimer delay;
  private final Line line;
  private final Segmenter.Output output = this::emit;

  /** How much of a packet is gathered. */
  private int length;

  /** Whether the packet is dropped when its end comes. */
  private boolean spoilt;

  /** Of the packet's first descriptor, words 2 and 3: what is to be done with its content. */
  private int first;

  private int content;

  /** Of its last one: how it is sent. */
  private int command;

  private int options;

  /** Whether the packet waits for room on the line. */
  private boolean paused;

  private int sentInTurn;

  Transmitter(
      RegisterFile file, DeviceHost host, Statistics statistics, InterruptCause cause, Line line) {
    this.file = file;
    this.host = host;
    this.statistics = statistics;
    this.cause = cause;
    this.line = line;
    ring = new DescriptorRing(TDBAL, file, host);
    delay = new DelayTimer(host.clock(), () -> cause.raise(InterruptCause.TRANSMITTED));
  }

  /** Whether it waits for room on the line: as if the other end had asked for a pause. */
  boolean isPaused() {
    return paused;
  }

  /**
   * Takes a turn.
   *
   * @return whether there is more to do at once
   */
  boolean turn() {
    paused = false;
    sentInTurn = 0;
    int left = TURN_DESCRIPTORS;
    boolean worked = false;
    while (file.has(TCTL, ENABLED) && ring.available() > 0) {
      if (left-- == 0 || sentInTurn > TURN_BYTES) {
        return true;
      }
      if (!ring.fetch() || !take()) {
        return false;
      }
      worked = true;
    }
    if (worked && ring.available() == 0) {
      cause.raise(InterruptCause.TRANSMIT_EMPTY);
    }
    return false;
  }

  /** Takes the descriptor that was fetched; false where its packet has to wait. */
  private boolean take() {
    int word = ring.word(2);
    boolean extended = (word & EXTENDED) != 0;
    if (extended && (word & TYPE) == 0) {
      boolean forSegments = (word >>> 24 & OffloadContext.SEGMENTATION) != 0;
      (forSegments ? segmented : plain).set(ring);
    } else {
      int size = extended ? word & 0xfffff : word & 0xffff;
      boolean ends = (word & END_OF_PACKET) != 0;
      if (ends && mustWait(size)) {
        paused = true;
        return false;
      }
      gather(word, size);
      if (ends) {
        finish();
      }
    }
    if ((word & REPORT_STATUS) != 0) {
      report(word);
    }
    ring.advance();
    return true;
  }

  /** The last descriptor of a packet is taken only when the line takes all of it. */
  private boolean mustWait(int size) {
    long whole = length + (long) size;
    int kind = length == 0 && !spoilt ? ring.word(2) : first;
    long frames = 1;
    if (isSegmented(kind) && whole <= MOST_BYTES) {
      frames = Segmenter.count(segmented, (int) whole);
      whole += frames * segmented.headerLength();
    }
    return !line.hasRoom(whole + frames * (SHORTEST + TAG_BYTES));
  }

  private static boolean isSegmented(int word) {
    return (word & EXTENDED) != 0 && (word & SEGMENT) != 0 && (word & TYPE) == TYPE_DATA;
  }

  private void gather(int word, int size) {
    if (length == 0 && !spoilt) {
      first = word;
      content = ring.word(3);
    }
    if (spoilt || size > MOST_BYTES - length) {
      spoilt = true;
    } else if (size > 0) {
      spoilt = host.dmaRead(ring.address(), bytes, Segmenter.START + length, size) != Status.OK;
      length += size;
    }
  }

  private void finish() {
    command = ring.word(2);
    options = ring.word(3);
    if (!spoilt && length >= HEADER) {
      if ((first & EXTENDED) == 0) {
        finishLegacy();
      } else {
        finishExtended();
      }
    }
    length = 0;
    spoilt = false;
  }

  private void finishLegacy() {
    if ((command & INSERT_SUM) != 0) {
      Segmenter.insert(packet, length, options >>> 8 & 0xff, command >>> 16 & 0xff, 0);
    }
    emit(packet, length);
  }

  private void finishExtended() {
    boolean ipSum = (content & IP_SUM) != 0;
    boolean transportSum = (content & TRANSPORT_SUM) != 0;
    if (!isSegmented(first)) {
      Segmenter.fill(plain, packet, length, ipSum, transportSum);
      emit(packet, length);
    } else if (Segmenter.count(segmented, length) > 0) {
      segmenter.cut(segmented, packet, length, ipSum, transportSum, output);
      statistics.count(Statistics.SEGMENTED);
    } else {
      statistics.count(Statistics.NOT_SEGMENTED);
    }
  }

  /** Sends a frame, which begins at {@link Segmenter#START}. */
  private void emit(byte[] frame, int bytesOfIt) {
    int start = Segmenter.START;
    int left = bytesOfIt;
    if ((command & INSERT_CRC) == 0) {
      // The guest brought a check sequence of its own; the wire carries none.
      left -= CRC_BYTES;
    }
    if (left < HEADER || left > LONGEST) {
      return;
    }
    if ((command & VLAN) != 0 && file.has(CTRL, VLAN_MODE)) {
      start -= TAG_BYTES;
      left += TAG_BYTES;
      System.arraycopy(frame, Segmenter.START, frame, start, 12);
      Checksum.put16(frame, start + 12, file.get(VET));
      Checksum.put16(frame, start + 14, options >>> 16);
    }
    if (left < SHORTEST && file.has(TCTL, PAD)) {
      Arrays.fill(frame, start + left, start + SHORTEST, (byte) 0);
      left = SHORTEST;
    }
    statistics.transmitted(frame, start, left);
    sentInTurn += left;
    line.send(frame, start, left);
  }

  private void report(int word) {
    ring.setWord(3, ring.word(3) | DONE);
    ring.writeBack(3, 1);
    if ((word & INTERRUPT_DELAY) != 0) {
      delay.event(file.get(TIDV), file.get(TADV));
    } else {
      cause.raise(InterruptCause.TRANSMITTED);
    }
  }

  /** Forgets. */
  void reset() {
    delay.stop();
    length = 0;
    spoilt = false;
    paused = false;
    plain.reset();
    segmented.reset();
  }

  /** Ends what may still ring. */
  void stop() {
    delay.stop();
  }

  /** After a restore: the guest hears in a while of what it has not heard yet. */
  void tellLater() {
    delay.event(Math.max(1, file.get(TIDV)), file.get(TADV));
  }

  /** The guest wants to hear at once of what has gathered. */
  void flush() {
    if (delay.isWaiting()) {
      delay.flush();
    }
  }

  /** Whether the ring holds work. */
  boolean isUnfinished() {
    return file.has(TCTL, ENABLED) && ring.available() > 0;
  }

  /** Whether the guest is still to hear of packets. */
  boolean isTelling() {
    return delay.isWaiting();
  }

  void save(DataOutputStream out) throws IOException {
    plain.save(out);
    segmented.save(out);
    out.writeInt(first);
    out.writeInt(content);
    out.writeBoolean(spoilt);
    out.writeInt(length);
    out.write(packet, Segmenter.START, length);
  }

  void restore(DataInputStream in) throws IOException, DriverException {
    plain.restore(in);
    segmented.restore(in);
    first = in.readInt();
    content = in.readInt();
    spoilt = in.readBoolean();
    length = in.readInt();
    if (length < 0 || length > MOST_BYTES) {
      throw new DriverException(
          Status.INVALID, "the e1000 state has a packet of " + length + " bytes");
    }
    in.readFully(packet, Segmenter.START, length);
  }
}
