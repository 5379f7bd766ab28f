package org.tenon.hv.vswitch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.ReceivePort;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.attach.TagPort;
import org.tenon.hv.attach.TransmitPort;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.memory.RamLayout;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicOffer;

/** A guest's card at a port, reduced to its attachment: the test is the guest. */
final class TestCard implements AutoCloseable {
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Arrived(byte[] bytes, long offload) {}

  static final int DEPTH = 128;
  private static final int BUFFER = 2048;
  private static final int SENDING = DEPTH * BUFFER;

  final GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1 << 20));
  private final MemoryRegion ram = memory.region(0);
  final NicAttachment attachment;
  final TransmitPort transmit;
  final ReceivePort receive;

  TestCard(GuestPort port) {
    try {
      attachment =
          NicAttachment.open(
              port,
              NicOffer.of(NicCapabilities.ALL, 1, DEPTH),
              Config.of(List.of(), Map.of()),
              new AttachContext(
                  port.settings().name(),
                  memory,
                  SystemClock.instance(),
                  Deadlines.DEFAULT,
                  Runnable::run,
                  AttachListener.NONE));
    } catch (AttachException | ConfigException e) {
      throw new AssertionError(e);
    }
    transmit = attachment.transmitPort(0);
    receive = attachment.receivePort(0);
    post();
  }

  /** Says what its guest takes. */
  void takes(boolean checksum, boolean joined) {
    attachment.setReceiveOffloads(checksum, joined);
  }

  void filter(NicFilter filter) {
    attachment.setFilter(filter);
  }

  void post() {
    for (int tag = receive.claim(); tag != TagPort.NONE; tag = receive.claim()) {
      stage(tag);
    }
    receive.submit();
  }

  private void stage(int tag) {
    receive.begin(tag);
    receive.segment(tag, ram, (long) tag * BUFFER, 100);
    receive.segment(tag, ram, (long) tag * BUFFER + 100, BUFFER - 100);
    receive.stage(tag);
  }

  void put(byte[] frame) {
    MemorySegment.copy(frame, 0, ram.segment(), JAVA_BYTE, SENDING, frame.length);
  }

  /** Sends what was put, in three pieces. */
  void send(int length, long offload) {
    int tag = transmit.claim();
    transmit.begin(tag, offload);
    int first = Math.min(length, 13);
    transmit.segment(tag, ram, SENDING, first);
    if (length > first) {
      int second = Math.min(length - first, 700);
      transmit.segment(tag, ram, SENDING + first, second);
      if (length > first + second) {
        transmit.segment(tag, ram, SENDING + first + second, length - first - second);
      }
    }
    transmit.stage(tag);
    transmit.submit();
    transmit.release(transmit.completed());
  }

  void send(byte[] frame, long offload) {
    put(frame);
    send(frame.length, offload);
  }

  /** Takes one frame's buffers back without looking; how many bytes. */
  int discard() {
    int bytes = 0;
    for (int tag = receive.completed(); tag != TagPort.NONE; tag = receive.completed()) {
      bytes += receive.bytes(tag);
      receive.reuse(tag);
      stage(tag);
    }
    receive.submit();
    return bytes;
  }

  List<Arrived> arrived() {
    List<Arrived> frames = new ArrayList<>();
    byte[] frame = {};
    for (int tag = receive.completed(); tag != TagPort.NONE; tag = receive.completed()) {
      int before = frame.length;
      int bytes = receive.bytes(tag);
      frame = Arrays.copyOf(frame, before + bytes);
      MemorySegment.copy(ram.segment(), JAVA_BYTE, (long) tag * BUFFER, frame, before, bytes);
      if (!receive.hasMore(tag)) {
        frames.add(new Arrived(frame, receive.offload(tag)));
        frame = new byte[0];
      }
      receive.reuse(tag);
      stage(tag);
    }
    receive.submit();
    return frames;
  }

  @Override
  public void close() {
    attachment.close();
    memory.close();
  }
}
