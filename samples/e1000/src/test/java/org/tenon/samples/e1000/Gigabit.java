package org.tenon.samples.e1000;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.kit.testing.GuestRam;
import org.tenon.spi.DriverException;

/** A guest's driver as short as tests need it: two rings in guest memory, frames out and in. */
final class Gigabit implements AutoCloseable {
  static final int RING = 32;
  static final int BUFFER = 2048;
  static final long RECEIVE_RING = GuestRam.BASE;
  static final long TRANSMIT_RING = GuestRam.BASE + 0x1000;
  static final long RECEIVE_BUFFERS = GuestRam.BASE + 0x10000;
  static final long TRANSMIT_BUFFER = GuestRam.SEAM - 1000;

  static final String MAC = "52:54:00:12:34:56";
  static final String STATION = MAC.replace(":", "");

  /** EN, broadcasts, buffers of 2 KiB. */
  static final int RECEIVE = 0x8002;

  static final int LOOPBACK = 0xc0;

  final DeviceHarness device;
  private int nextReceived;
  private int tail;

  Gigabit(Map<String, String> settings) throws DriverException {
    device = DeviceHarness.of(new E1000DriverFactory()).settings(settings).open();
    device.setBusMaster(true);
  }

  /** One whose frames come back to it, both rings set up. */
  static Gigabit looped() throws DriverException {
    Gigabit card = new Gigabit(Map.of("mac", MAC));
    card.setUp(RECEIVE | LOOPBACK);
    return card;
  }

  void setUp(int receive) {
    ring(Registers.RDBAL, RECEIVE_RING);
    ring(Registers.TDBAL, TRANSMIT_RING);
    for (int i = 0; i < RING; i++) {
      descriptor(RECEIVE_RING, i, RECEIVE_BUFFERS + (long) i * BUFFER, 0, 0);
    }
    write(Registers.RDT, RING - 1);
    write(Registers.RCTL, receive);
    write(Registers.TCTL, 0x0a);
  }

  private void ring(int base, long address) {
    write(base, (int) address);
    write(base + Registers.LEN, RING * 16);
  }

  int read(int register) {
    return (int) device.read(E1000Driver.MEMORY_BAR, register, 4);
  }

  void write(int register, int value) {
    device.write(E1000Driver.MEMORY_BAR, register, 4, Integer.toUnsignedLong(value));
  }

  void descriptor(long ring, int index, long address, int word2, int word3) {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(address).putInt(word2).putInt(word3);
    device.ram().write(ring + 16L * index, bytes.array());
  }

  int word(long ring, int index, int word) {
    byte[] bytes = device.ram().read(ring + 16L * index + 4L * word, 4);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /** Puts a descriptor behind the last one, and does not say so yet. */
  void queue(long address, int word2, int word3) {
    descriptor(TRANSMIT_RING, tail, address, word2, word3);
    tail = (tail + 1) % RING;
  }

  /** Has the card send what was queued. */
  void send() {
    write(Registers.TDT, tail);
    device.settle();
  }

  /** Sends a frame by one legacy descriptor: end, check sequence, status. */
  void send(byte[] frame) {
    device.ram().write(TRANSMIT_BUFFER, frame);
    queue(TRANSMIT_BUFFER, frame.length | 0x0b000000, 0);
    send();
  }

  /** One received descriptor's content. */
  record Received(byte[] bytes, int status, int sum, int special) {}

  /** What was received since the last call, descriptor by descriptor, which go back. */
  List<Received> take() {
    List<Received> all = new ArrayList<>();
    while ((word(RECEIVE_RING, nextReceived, 3) & 1) != 0) {
      int word2 = word(RECEIVE_RING, nextReceived, 2);
      int word3 = word(RECEIVE_RING, nextReceived, 3);
      long buffer = RECEIVE_BUFFERS + (long) nextReceived * BUFFER;
      byte[] bytes = device.ram().read(buffer, word2 & 0xffff);
      all.add(new Received(bytes, word3 & 0xffff, word2 >>> 16, word3 >>> 16));
      descriptor(RECEIVE_RING, nextReceived, buffer, 0, 0);
      write(Registers.RDT, nextReceived);
      nextReceived = (nextReceived + 1) % RING;
    }
    return all;
  }

  /** A frame with this header and so many bytes after it, each another. */
  static byte[] frame(String header, int payload) {
    byte[] start = HexFormat.of().parseHex(header);
    ByteBuffer frame = ByteBuffer.allocate(start.length + payload).put(start);
    for (int i = 0; i < payload; i++) {
      frame.put((byte) (i * 7 + i / 251));
    }
    return frame.array();
  }

  @Override
  public void close() {
    device.close();
  }
}
