package org.tenon.samples.nictap;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicOffload;

/**
 * A guest for tests, with an Ethernet and an IPv4 address: makes frames, and answers ARP and ping.
 * Written apart from the driver's code.
 */
@SuppressWarnings("ByteBufferBackingArray") // Every buffer is a whole array.
final class Station {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int FIN = 0x01;
  static final int SYN = 0x02;
  static final int PSH = 0x08;
  static final int ACK = 0x10;

  private static final int ICMP = 1;
  private static final int IP_AT = 14;
  private static final int TRANSPORT_AT = 34;

  private final MacAddress address;
  private final int ip;
  private MacAddress peer = MacAddress.BROADCAST;

  /** With an address such as 0x0a090002, for 10.9.0.2. */
  Station(MacAddress address, int ip) {
    this.address = address;
    this.ip = ip;
  }

  /** Whom frames are for. */
  void peer(MacAddress station) {
    peer = station;
  }

  /** The answer to an ARP request or a ping for this station. */
  Optional<byte[]> answer(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    if (type(frame) == 0x0806 && bytes.getShort(20) == 1 && bytes.getInt(38) == ip) {
      return Optional.of(arpReply(bytes));
    }
    boolean isPing =
        type(frame) == 0x0800
            && bytes.getInt(30) == ip
            && frame[23] == ICMP
            && frame[TRANSPORT_AT] == 8;
    return isPing ? Optional.of(pong(frame)) : Optional.empty();
  }

  private byte[] arpReply(ByteBuffer request) {
    ByteBuffer reply = ByteBuffer.allocate(42);
    putMac(reply, source(request.array()));
    putMac(reply, address);
    reply.putShort((short) 0x0806).putShort((short) 1).putShort((short) 0x0800);
    reply.put((byte) 6).put((byte) 4).putShort((short) 2);
    putMac(reply, address);
    reply.putInt(ip);
    putMac(reply, source(request.array()));
    reply.putInt(request.getInt(28));
    return reply.array();
  }

  private byte[] pong(byte[] ping) {
    ByteBuffer reply = ByteBuffer.wrap(ping.clone());
    putMac(reply, source(ping));
    putMac(reply, address);
    reply.putInt(26, ip).putInt(30, ByteBuffer.wrap(ping).getInt(26));
    reply.put(TRANSPORT_AT, (byte) 0).putShort(TRANSPORT_AT + 2, (short) 0);
    int sum = sum(reply.array(), TRANSPORT_AT, IP_AT + reply.getShort(16), 0);
    return reply.putShort(TRANSPORT_AT + 2, (short) ~sum).array();
  }

  /** A datagram to the peer, its checksum filled in. */
  byte[] udp(int destination, int fromPort, int toPort, byte[] payload) {
    return finish(unfinishedUdp(destination, fromPort, toPort, payload), 6);
  }

  /** The same, its checksum missing. */
  byte[] unfinishedUdp(int destination, int fromPort, int toPort, byte[] payload) {
    ByteBuffer frame = ipv4(destination, UDP, 8 + payload.length);
    frame.putShort((short) fromPort).putShort((short) toPort);
    frame.putShort((short) (8 + payload.length));
    frame.putShort((short) pseudo(frame.array(), 8 + payload.length)).put(payload);
    return frame.array();
  }

  /** A TCP segment to the peer, its checksum missing. */
  byte[] unfinishedTcp(
      int destination, int fromPort, int toPort, int sequence, int acked, int flags, byte[] data) {
    ByteBuffer frame = ipv4(destination, TCP, 20 + data.length);
    frame.putShort((short) fromPort).putShort((short) toPort).putInt(sequence).putInt(acked);
    frame.put((byte) 0x50).put((byte) flags).putShort((short) 0xffff);
    frame.putShort((short) pseudo(frame.array(), 20 + data.length)).putShort((short) 0).put(data);
    return frame.array();
  }

  static long udpChecksum() {
    return NicOffload.checksum(TRANSPORT_AT, 6);
  }

  static long tcpChecksum() {
    return NicOffload.checksum(TRANSPORT_AT, 16);
  }

  private ByteBuffer ipv4(int destination, int protocol, int length) {
    ByteBuffer frame = ByteBuffer.allocate(TRANSPORT_AT + length);
    putMac(frame, peer);
    putMac(frame, address);
    frame.putShort((short) 0x0800).put((byte) 0x45).put((byte) 0).putShort((short) (20 + length));
    frame.putShort((short) 1).putShort((short) 0x4000).put((byte) 64).put((byte) protocol);
    frame.putShort((short) 0).putInt(ip).putInt(destination);
    frame.putShort(24, (short) ~sum(frame.array(), IP_AT, TRANSPORT_AT, 0));
    return frame;
  }

  private static byte[] finish(byte[] frame, int offset) {
    int sum = ~sum(frame, TRANSPORT_AT, frame.length, 0) & 0xffff;
    ByteBuffer.wrap(frame).putShort(TRANSPORT_AT + offset, (short) (sum == 0 ? 0xffff : sum));
    return frame;
  }

  private static int pseudo(byte[] frame, int length) {
    return sum(frame, 26, 34, frame[23] + length);
  }

  /** Whether the IPv4 header and the checksum of UDP or TCP are right, as a receiver finds them. */
  static boolean isRight(byte[] frame) {
    int length = (ByteBuffer.wrap(frame).getShort(16) & 0xffff) - 20;
    return frame.length == TRANSPORT_AT + length
        && sum(frame, IP_AT, TRANSPORT_AT, 0) == 0xffff
        && sum(frame, TRANSPORT_AT, frame.length, pseudo(frame, length)) == 0xffff;
  }

  static int type(byte[] frame) {
    return ByteBuffer.wrap(frame).getShort(12) & 0xffff;
  }

  /** Whether it is UDP or TCP over IPv4. */
  static boolean isTransport(byte[] frame, int protocol) {
    return type(frame) == 0x0800 && frame[23] == protocol;
  }

  static MacAddress source(byte[] frame) {
    return new MacAddress(ByteBuffer.wrap(frame).getLong(6) >>> 16);
  }

  private static void putMac(ByteBuffer to, MacAddress station) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      to.put((byte) station.octet(i));
    }
  }

  private static int sum(byte[] bytes, int from, int to, int start) {
    int sum = start;
    for (int i = from; i < to; i++) {
      sum += (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (sum & 0xffff) + (sum >>> 16);
  }
}
