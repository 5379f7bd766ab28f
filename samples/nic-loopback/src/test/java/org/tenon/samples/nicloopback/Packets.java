package org.tenon.samples.nicloopback;

import java.nio.ByteBuffer;
import java.util.Random;
import org.tenon.spi.net.MacAddress;

/**
 * Frames for tests, and what a receiver makes of them; written apart from the driver's own code.
 */
final class Packets {
  static final MacAddress CARD = MacAddress.parse("02:00:00:00:00:01");
  static final MacAddress OTHER = MacAddress.parse("02:00:00:00:00:02");
  static final int TCP = 6;
  static final int UDP = 17;

  private Packets() {}

  /** A frame of so many bytes from the header's end on, of a private type. */
  static byte[] frame(MacAddress destination, int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    putAddresses(frame, destination);
    if (length >= 14) {
      frame.putShort((short) 0x88b5);
    }
    return bytes;
  }

  /** The same with a tag of a VLAN. */
  static byte[] tagged(MacAddress destination, int vlan, int length) {
    byte[] bytes = frame(destination, length, vlan);
    ByteBuffer.wrap(bytes).putShort(12, (short) 0x8100).putShort(14, (short) vlan);
    return bytes;
  }

  /** TCP or UDP over IPv4 with some IP options, its checksum field holding the pseudo sum. */
  static byte[] ipv4(int protocol, int flags, byte[] payload) {
    int transport = protocol == TCP ? 32 : 8;
    ByteBuffer frame = ByteBuffer.allocate(14 + 24 + transport + payload.length);
    putAddresses(frame, OTHER);
    frame.putShort((short) 0x0800).put((byte) 0x46).put((byte) 0);
    frame.putShort((short) (24 + transport + payload.length)).putShort((short) 0xfffe);
    frame.putShort((short) 0x4000).put((byte) 64).put((byte) protocol).putShort((short) 0);
    frame.putInt(0x0a000001).putInt(0x0a000002).putInt(0x01010100);
    frame.putShort(14 + 10, (short) ~sum(frame.array(), 14, 38, 0));
    int pseudo = sum(frame.array(), 26, 34, protocol + transport + payload.length);
    putTransport(frame, protocol, flags, payload, pseudo);
    return frame.array();
  }

  /** TCP or UDP over IPv6, its checksum field holding the sum of the pseudo header. */
  static byte[] ipv6(int protocol, int flags, byte[] payload) {
    int transport = protocol == TCP ? 32 : 8;
    ByteBuffer frame = ByteBuffer.allocate(14 + 40 + transport + payload.length);
    putAddresses(frame, OTHER);
    frame.putShort((short) 0x86dd).putInt(0x60000000);
    frame.putShort((short) (transport + payload.length)).put((byte) protocol).put((byte) 64);
    frame.putLong(0xfd00_0000_0000_0000L).putLong(1).putLong(0xfd00_0000_0000_0000L).putLong(2);
    int pseudo = sum(frame.array(), 22, 54, protocol + transport + payload.length);
    putTransport(frame, protocol, flags, payload, pseudo);
    return frame.array();
  }

  private static void putAddresses(ByteBuffer frame, MacAddress destination) {
    for (int i = 0; i < 12 && frame.hasRemaining(); i++) {
      frame.put((byte) (i < 6 ? destination.octet(i) : CARD.octet(i - 6)));
    }
  }

  private static void putTransport(
      ByteBuffer frame, int protocol, int flags, byte[] payload, int pseudo) {
    frame.putShort((short) 4000).putShort((short) 5001);
    if (protocol == TCP) {
      frame.putInt(0xffff_ff00).putInt(77).put((byte) 0x80).put((byte) flags);
      frame.putShort((short) 512).putShort((short) pseudo).putShort((short) 0);
      frame.put(new byte[] {1, 1, 8, 10}).putLong(0x0102_0304_0506_0708L);
    } else {
      frame.putShort((short) (8 + payload.length)).putShort((short) pseudo);
    }
    frame.put(payload);
  }

  /** The one's complement sum of some bytes and a start. */
  static int sum(byte[] bytes, int from, int to, int start) {
    int sum = start;
    for (int i = from; i < to; i++) {
      int place = (i - from) % 2 == 0 ? 8 : 0;
      sum += (bytes[i] & 0xff) << place;
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  /** Whether IP header and transport checksum are right, as a receiver finds them. */
  static boolean isRight(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    boolean isIpv4 = bytes.getShort(12) == 0x0800;
    int transport = isIpv4 ? 14 + (frame[14] & 0xf) * 4 : 54;
    int protocol = isIpv4 ? frame[23] : frame[20];
    int end = isIpv4 ? 14 + bytes.getShort(16) : 54 + bytes.getShort(18);
    int addresses = isIpv4 ? 26 : 22;
    int pseudo = sum(frame, addresses, isIpv4 ? 34 : 54, protocol + end - transport);
    return end == frame.length
        && (!isIpv4 || sum(frame, 14, transport, 0) == 0xffff)
        && sum(frame, transport, end, pseudo) == 0xffff;
  }
}
