package org.tenon.hv.virtio.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.ReceivePort;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.attach.frame.InternetSum;
import org.tenon.hv.attach.frame.TcpLayout;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.net.NicOffload;

/**
 * A receiveq (VIRTIO 1.2, 5.1.6.3). Every buffer begins with room for the header, and the driver is
 * given what comes after it, since any buffer may turn out to be the first of a frame. Where a
 * frame takes several, the others have no header (5.1.6.4), and their room for one is filled with
 * the last bytes of the buffer before, which ends that much earlier; no other byte moves:
 *
 * <pre>{@code
 * driver:  [......AAAAAAAA] [......BBBBBBBB] [......CC]
 * guest:   [HEADERAA|       [AAAAAABB|       [BBBBBBCC]
 * }</pre>
 */
final class ReceiveQueue extends FrameQueue {
  private static final int ROOM = NetHeader.BYTES;

  private final ReceivePort port;
  private final NetDevice device;
  private final byte[] header = new byte[ROOM];
  private final InternetSum sum = new InternetSum();

  /** By tag and byte: where the room for the header lies, however descriptors divide it. */
  private final @Nullable MemoryRegion[] roomRegions;

  private final long[] roomOffsets;

  /** The buffers of the frame that is coming, oldest first. */
  private final int[] parts;

  private int partCount;
  private long frameBytes;

  ReceiveQueue(int index, ReceivePort port, NetDevice device, int maxChain) {
    super(index, port, maxChain);
    this.port = port;
    this.device = device;
    roomRegions = new MemoryRegion[port.depth() * ROOM];
    roomOffsets = new long[port.depth() * ROOM];
    parts = new int[port.depth()];
  }

  @Override
  boolean begin(int tag) {
    // The room of the next buffer takes as much from this one.
    if (chain.readableBytes() > 0 || chain.writableBytes() < 2 * ROOM) {
      return false;
    }
    port.begin(tag);
    int room = 0;
    for (int i = 0; i < chain.count(); i++) {
      long length = chain.length(i);
      int used = 0;
      for (; used < length && room < ROOM; used++, room++) {
        roomRegions[tag * ROOM + room] = chain.region(i);
        roomOffsets[tag * ROOM + room] = chain.offset(i) + used;
      }
      int left = (int) Math.min(length - used, Integer.MAX_VALUE / 4);
      if (left > 0 && !port.segment(tag, chain.region(i), chain.offset(i) + used, left)) {
        return false;
      }
    }
    return true;
  }

  /** The driver has come to rest: buffers that it gave back empty are its again when it goes on. */
  void rested() {
    port.postAgain();
  }

  /** The buffers that the guest has not got back; while the driver rests. */
  List<NetState.Received> save(int pair) {
    synchronized (port) {
      return IntStream.concat(Arrays.stream(parts, 0, partCount), Arrays.stream(port.pending()))
          .mapToObj(tag -> save(pair, tag))
          .toList();
    }
  }

  private NetState.Received save(int pair, int tag) {
    BufferState buffer = new BufferState(ids[tag], slots[tag], elements(tag));
    return port.isBack(tag)
        ? new NetState.Received(pair, buffer, port.bytes(tag), port.hasMore(tag), port.offload(tag))
        : new NetState.Received(pair, buffer, 0, false, NicOffload.NONE);
  }

  /** The room, then what the driver is given. */
  private List<BufferState.Element> elements(int tag) {
    List<BufferState.Element> elements = new ArrayList<>();
    long start = 0;
    long end = -1;
    for (int i = 0; i < ROOM; i++) {
      MemoryRegion region = Objects.requireNonNull(roomRegions[tag * ROOM + i]);
      long address = region.base() + roomOffsets[tag * ROOM + i];
      if (address != end) {
        addElement(elements, start, end);
        start = address;
      }
      end = address + 1;
    }
    boolean joined = port.address(tag, 0) == end;
    if (!joined) {
      addElement(elements, start, end);
    }
    for (int i = 0; i < port.segments(tag); i++) {
      long address = port.address(tag, i);
      addElement(elements, joined && i == 0 ? start : address, address + port.length(tag, i));
    }
    return elements;
  }

  private static void addElement(List<BufferState.Element> to, long start, long end) {
    if (end >= 0) {
      to.add(new BufferState.Element(start, end - start, true));
    }
  }

  /**
   * Takes up a buffer that was saved.
   *
   * @throws IllegalArgumentException where it is none
   */
  void restore(NetState.Received saved, GuestMemory memory) {
    synchronized (port) {
      int tag = take(saved.buffer(), memory);
      boolean valid = begin(tag);
      if (saved.bytes() == 0) {
        valid &= !port.isInFrame();
        port.stage(tag);
      } else {
        valid &= port.restore(tag, saved.bytes(), saved.more(), saved.offload());
      }
      if (!valid) {
        throw new IllegalArgumentException("no driver has received " + saved);
      }
    }
  }

  /** Whether a frame has been restored in part only. */
  boolean isInFrame() {
    return port.isInFrame();
  }

  @Override
  boolean reap() {
    boolean any = false;
    for (int tag = port.completed(); tag != TagPort.NONE; tag = port.completed()) {
      any = true;
      int bytes = port.bytes(tag);
      if (!wanted[tag]) {
        port.release(tag);
      } else if (bytes == 0) {
        again(tag);
      } else {
        parts[partCount++] = tag;
        frameBytes += bytes;
        if (!port.hasMore(tag)) {
          arrived(tag);
        }
      }
    }
    return any;
  }

  /** Puts a buffer that holds nothing of use at the end of the line for the driver. */
  private void again(int tag) {
    if (!port.isServed()) {
      // Stays with the guest's ring until it resets the device: there is nobody to fill it.
      return;
    }
    port.reuse(tag);
    port.stage(tag);
  }

  private void arrived(int last) {
    Virtqueue to = ring();
    if (to != null) {
      if (accept(port.offload(last))) {
        give(to, port.offload(last));
      } else {
        counters.dropped();
        for (int i = 0; i < partCount; i++) {
          again(parts[i]);
        }
      }
    }
    partCount = 0;
    frameBytes = 0;
  }

  /** Whether the guest can take the frame. */
  private boolean accept(long offload) {
    long features = device.negotiated();
    long needed =
        switch (NicOffload.cutting(offload)) {
          case NicOffload.TCP4 -> NetFeature.GUEST_TSO4;
          case NicOffload.TCP6 -> NetFeature.GUEST_TSO6;
          default -> 0;
        };
    boolean sumInside =
        !NicOffload.needsChecksum(offload)
            || NicOffload.checksumStart(offload) + (long) NicOffload.checksumOffset(offload) + 2
                <= frameBytes;
    return (features & needed) == needed
        && (partCount == 1 || (features & NetFeature.MRG_RXBUF) != 0)
        && sumInside;
  }

  private void give(Virtqueue to, long offload) {
    long told = offload;
    if ((device.negotiated() & NetFeature.GUEST_CSUM) == 0) {
      if (NicOffload.needsChecksum(offload)) {
        finishChecksum(offload);
      }
      told = NicOffload.NONE;
    }
    for (int i = partCount - 1; i > 0; i--) {
      moveSeam(parts[i - 1], parts[i]);
    }
    boolean cut = NicOffload.cutting(told) != NicOffload.WHOLE;
    NetHeader.write(header, told, cut ? headerBytes(told) : 0, partCount);
    for (int i = 0; i < ROOM; i++) {
      putRoom(parts[0], i, header[i]);
    }
    counters.passed(frameBytes);
    for (int i = 0; i < partCount; i++) {
      int tag = parts[i];
      long used = port.bytes(tag) + (i == partCount - 1 ? ROOM : 0L);
      to.push(ids[tag], slots[tag], used);
      wanted[tag] = false;
      port.release(tag);
    }
  }

  /** How long the headers of a frame to be cut are: a hint (5.1.6.2), as far as a byte tells. */
  private int headerBytes(long offload) {
    int transport = NicOffload.checksumStart(offload);
    int words =
        transport + TcpLayout.TCP_CHECKSUM < frameBytes ? (at(transport + 12) & 0xff) >>> 4 : 0;
    return transport + 4 * words;
  }

  /** Moves the end of one buffer into the room at the front of the next. */
  private void moveSeam(int from, int into) {
    int first = port.bytes(from) - ROOM;
    for (int i = 0; i < ROOM; i++) {
      putRoom(into, i, at(from, first + i));
    }
  }

  private void putRoom(int tag, int index, byte value) {
    MemoryRegion region = roomRegions[tag * ROOM + index];
    if (region != null) {
      long offset = roomOffsets[tag * ROOM + index];
      region.segment().set(JAVA_BYTE, offset, value);
      region.markDirty(offset, 1);
    }
  }

  private byte at(long position) {
    long left = position;
    int part = 0;
    while (left >= port.bytes(parts[part])) {
      left -= port.bytes(parts[part++]);
    }
    return at(parts[part], left);
  }

  private byte at(int tag, long position) {
    long left = position;
    int segment = 0;
    while (left >= port.length(tag, segment)) {
      left -= port.length(tag, segment++);
    }
    return port.region(tag, segment).segment().get(JAVA_BYTE, port.offset(tag, segment) + left);
  }

  private void put(long position, byte value) {
    long left = position;
    int part = 0;
    while (left >= port.bytes(parts[part])) {
      left -= port.bytes(parts[part++]);
    }
    int tag = parts[part];
    int segment = 0;
    while (left >= port.length(tag, segment)) {
      left -= port.length(tag, segment++);
    }
    long offset = port.offset(tag, segment) + left;
    port.region(tag, segment).segment().set(JAVA_BYTE, offset, value);
    port.region(tag, segment).markDirty(offset, 1);
  }

  /** Completes the checksum that a guest without GUEST_CSUM cannot do without. */
  private void finishChecksum(long offload) {
    sum.clear();
    long skip = NicOffload.checksumStart(offload);
    for (int i = 0; i < partCount; i++) {
      int tag = parts[i];
      long left = port.bytes(tag);
      for (int s = 0; left > 0; s++) {
        long length = Math.min(port.length(tag, s), left);
        long from = Math.min(skip, length);
        sum.add(port.region(tag, s).segment(), port.offset(tag, s) + from, length - from);
        skip -= from;
        left -= length;
      }
    }
    int checksum = sum.checksumNotZero();
    long field = NicOffload.checksumStart(offload) + (long) NicOffload.checksumOffset(offload);
    put(field, (byte) (checksum >>> 8));
    put(field + 1, (byte) checksum);
  }

  @Override
  boolean takesUnserved() {
    return false;
  }

  @Override
  void forget() {
    for (int i = 0; i < partCount; i++) {
      port.release(parts[i]);
    }
    partCount = 0;
    frameBytes = 0;
  }
}
