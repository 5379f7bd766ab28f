package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.CTRL;
import static org.tenon.samples.e1000.Registers.RADV;
import static org.tenon.samples.e1000.Registers.RCTL;
import static org.tenon.samples.e1000.Registers.RDBAL;
import static org.tenon.samples.e1000.Registers.RDTR;
import static org.tenon.samples.e1000.Registers.VET;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.tenon.api.Status;
import org.tenon.spi.device.DeviceHost;

/**
 * Brings frames into the guest's buffers (3.2): filters them, takes the VLAN tag out, splits them
 * over descriptors, says what is to be said of each. For the device thread.
 */
final class Receiver {
  /** The longest frame, with its check sequence, that the controller takes (13.4.22, LPE). */
  static final int LONGEST = 16384;

  private static final int ENABLED = 1 << 1;
  private static final int LONG_PACKETS = 1 << 5;
  private static final int LOOPBACK = 3 << 6;
  private static final int THRESHOLD = 8;
  private static final int BUFFER_SIZE = 16;
  private static final int BUFFERS_TIMES_16 = 1 << 25;
  private static final int STRIP_CRC = 1 << 26;
  private static final int STRIP_VLAN = 1 << 30;

  private static final int DONE = 1;
  private static final int END_OF_PACKET = 1 << 1;
  private static final int VLAN = 1 << 3;
  private static final int NOT_EXACT = 1 << 7;
  private static final int DATA_ERROR = 1 << 15;

  private static final int CRC_BYTES = 4;
  private static final int TAG_BYTES = 4;
  private static final int HEADER = 14;
  private static final int SHORTEST = 60;
  private static final int STANDARD = 1522;

  /** Room before a frame, so that a tag is taken out by moving the addresses. */
  private final byte[] buffer = new byte[LONGEST + TAG_BYTES + CRC_BYTES];

  private final MemorySegment bytes = MemorySegment.ofArray(buffer);
  private final CRC32 crc = new CRC32();
  private final RegisterFile file;
  private final DeviceHost host;
  private final DescriptorRing ring;
  private final ReceiveFilter filter;
  private final ReceiveChecksum checksum;
  private final Statistics statistics;
  private final InterruptCause cause;
  private final DelayTimer delay;

  Receiver(RegisterFile file, DeviceHost host, Statistics statistics, InterruptCause cause) {
    this.file = file;
    this.host = host;
    this.statistics = statistics;
    this.cause = cause;
    ring = new DescriptorRing(RDBAL, file, host);
    filter = new ReceiveFilter(file);
    checksum = new ReceiveChecksum(file);
    delay = new DelayTimer(host.clock(), () -> cause.raise(InterruptCause.RECEIVED));
  }

  boolean isEnabled() {
    return file.has(RCTL, ENABLED);
  }

  /** Whether what is sent is to be received, and nothing else. */
  boolean loopsBack() {
    return (file.get(RCTL) & LOOPBACK) == LOOPBACK;
  }

  private int bufferSize() {
    int control = file.get(RCTL);
    int size = 2048 >> (control >>> BUFFER_SIZE & 3);
    return (control & BUFFERS_TIMES_16) != 0 ? size * 16 : size;
  }

  /** Whether there are descriptors for one more frame of that length. */
  boolean hasRoom(int length) {
    return ring.available() * (long) bufferSize() >= Math.max(length, SHORTEST) + CRC_BYTES;
  }

  /** A frame has to wait for {@link #hasRoom}. */
  void delay(boolean begins) {
    if (begins) {
      statistics.count(Statistics.NO_BUFFERS);
      cause.raise(InterruptCause.RECEIVE_OVERRUN);
    }
  }

  /** A frame comes in; one that finds no room is lost. */
  void receive(byte[] from, int start, int length) {
    if (!isEnabled()) {
      return;
    }
    if (!isAcceptable(from, start, length)) {
      return;
    }
    if (!hasRoom(length)) {
      statistics.count(Statistics.MISSED);
      return;
    }
    int padded = Math.max(length, SHORTEST);
    System.arraycopy(from, start, buffer, TAG_BYTES, length);
    Arrays.fill(buffer, TAG_BYTES + length, TAG_BYTES + padded, (byte) 0);
    statistics.received(buffer, TAG_BYTES, padded);
    deliver(padded);
  }

  private boolean isAcceptable(byte[] from, int start, int length) {
    boolean longPackets = file.has(RCTL, LONG_PACKETS);
    if (length < HEADER) {
      statistics.count(Statistics.TOO_SHORT);
      return false;
    } else if (length + CRC_BYTES > (longPackets ? LONGEST : STANDARD)) {
      statistics.count(Statistics.TOO_LONG);
      return false;
    }
    return filter.accepts(from, start);
  }

  private void deliver(int length) {
    int said = checksum.judge(buffer, TAG_BYTES, length);
    int sum = checksum.packet(buffer, TAG_BYTES, length);
    int start = TAG_BYTES;
    int left = length;
    int tag = 0;
    if (file.has(CTRL, STRIP_VLAN) && Checksum.get16(buffer, start + 12) == file.get(VET)) {
      tag = Checksum.get16(buffer, start + 14);
      said |= VLAN;
      System.arraycopy(buffer, start, buffer, start + TAG_BYTES, 12);
      start += TAG_BYTES;
      left -= TAG_BYTES;
    }
    if (!file.has(RCTL, STRIP_CRC)) {
      appendCrc(start, left);
      left += CRC_BYTES;
    }
    if ((buffer[start] & 1) != 0) {
      said |= NOT_EXACT;
    }
    scatter(start, left, said, sum, tag);
  }

  /** The least significant octet of the sum goes first, as on the wire. */
  private void appendCrc(int start, int length) {
    crc.reset();
    crc.update(buffer, start, length);
    Checksum.put32(buffer, start + length, Integer.reverseBytes((int) crc.getValue()));
  }

  /** Fills descriptors; without memory behind one the frame ends there, as damaged. */
  private void scatter(int start, int length, int said, int sum, int tag) {
    int size = bufferSize();
    int at = start;
    int left = length;
    int before = ring.available();
    while (left > 0 && ring.available() > 0 && ring.fetch()) {
      long address = ring.address();
      int part = address == 0 ? 0 : Math.min(left, size);
      boolean stored = part == 0 || host.dmaWrite(address, bytes, at, part) == Status.OK;
      at += part;
      left = stored ? left - part : 0;
      int status = DONE | (stored ? said : DATA_ERROR) | (left == 0 ? END_OF_PACKET : 0);
      ring.setWord(2, part | sum << 16);
      ring.setWord(3, status | tag << 16);
      ring.writeBack(2, 2);
      ring.advance();
    }
    tell(before, ring.available());
  }

  private void tell(int before, int after) {
    int threshold = ring.size() >> 1 + (file.get(RCTL) >>> THRESHOLD & 3);
    if (before > threshold && after <= threshold) {
      cause.raise(InterruptCause.RECEIVE_FEW);
    }
    delay.event(file.get(RDTR), file.get(RADV));
  }

  /** The guest wants to hear at once of what has gathered. */
  void flush() {
    if (delay.isWaiting()) {
      delay.flush();
    }
  }

  /** Whether the guest is still to hear of frames. */
  boolean isTelling() {
    return delay.isWaiting();
  }

  /** After a restore: it hears in a while. */
  void tellLater() {
    delay.event(Math.max(1, file.get(RDTR)), file.get(RADV));
  }

  /** Forgets. */
  void stop() {
    delay.stop();
  }
}
