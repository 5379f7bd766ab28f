package org.tenon.tck.net.packet;

import java.util.Arrays;
import org.tenon.api.Stability;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicOffload;

/** Makes frames, complete or for a card to finish. For one thread; each setting stays. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class FrameMaker {
  /** TCP: the last segment. */
  public static final int FIN = 0x01;

  /** TCP: hand over at once. */
  public static final int PSH = 0x08;

  /** TCP: the acknowledgement counts. */
  public static final int ACK = 0x10;

  /** TCP: congestion window reduced. */
  public static final int CWR = 0x80;

  private static final int LOCAL_EXPERIMENT = 0x88b5;
  private static final int TAG = 0x8100;
  private static final int SERVICE_TAG = 0x88a8;

  private final MacAddress destination;
  private final MacAddress source;
  private int[] tags = new int[0];
  private int ipOptions;
  private int tcpOptions;
  private int flags = ACK;
  private int identification = 1;
  private int sequence = 1;

  /** Makes frames between two stations. */
  public FrameMaker(MacAddress destination, MacAddress source) {
    this.destination = destination;
    this.source = source;
  }

  /** With these VLAN tags, the outer first; a second one makes the outer a service tag. */
  public FrameMaker tags(int... controls) {
    tags = controls.clone();
    return this;
  }

  /**
   * With options in the IP header.
   *
   * @param bytes a multiple of 4 up to 40; over IPv6 an extension header, a multiple of 8
   */
  public FrameMaker ipOptions(int bytes) {
    ipOptions = bytes;
    return this;
  }

  /** With options in the TCP header, a multiple of 4 up to 40 bytes. */
  public FrameMaker tcpOptions(int bytes) {
    tcpOptions = bytes;
    return this;
  }

  /** With these TCP flags. */
  public FrameMaker flags(int bits) {
    flags = bits;
    return this;
  }

  /** With this IPv4 identification. */
  public FrameMaker identification(int value) {
    identification = value;
    return this;
  }

  /** With this TCP sequence number. */
  public FrameMaker sequence(int value) {
    sequence = value;
    return this;
  }

  /** A frame that is no IP. */
  public byte[] plain(byte[] payload) {
    return ethernet(LOCAL_EXPERIMENT, payload);
  }

  /** A complete frame of a conversation. */
  public byte[] complete(Flow flow, byte[] payload) {
    byte[] frame = partial(flow, payload);
    return Checksums.complete(frame, Layers.of(frame).transport(), checksumOffset(flow.protocol()));
  }

  /** A frame of a conversation whose checksum is missing; see {@link #checksumOf}. */
  public byte[] partial(Flow flow, byte[] payload) {
    byte[] segment = flow.protocol() == Layers.TCP ? tcp(flow, payload) : udp(flow, payload);
    byte[] packet = flow.isIpv6() ? ipv6(flow, segment) : ipv4(flow, segment);
    byte[] frame = ethernet(flow.isIpv6() ? Layers.IPV6 : Layers.IPV4, packet);
    Layers layers = Layers.of(frame);
    int field = layers.transport() + checksumOffset(flow.protocol());
    Octets.put16(frame, field, Checksums.pseudoHeader(frame, layers, segment.length));
    return frame;
  }

  /** What a card is told of a {@link #partial} frame. */
  public static long checksumOf(byte[] frame) {
    Layers layers = Layers.of(frame);
    return NicOffload.checksum(layers.transport(), checksumOffset(layers.protocol()));
  }

  /** What a card is told of a partial frame that it shall cut. */
  public static long cuttingOf(byte[] frame, int segmentSize, boolean congestion) {
    int kind = Layers.of(frame).isIpv4() ? NicOffload.TCP4 : NicOffload.TCP6;
    return NicOffload.cut(checksumOf(frame), kind, segmentSize, congestion);
  }

  static int checksumOffset(int protocol) {
    return protocol == Layers.TCP ? 16 : 6;
  }

  private byte[] ethernet(int type, byte[] payload) {
    byte[] frame = new byte[14 + 4 * tags.length + payload.length];
    for (int i = 0; i < MacAddress.BYTES; i++) {
      frame[i] = (byte) destination.octet(i);
      frame[MacAddress.BYTES + i] = (byte) source.octet(i);
    }
    int at = 12;
    for (int i = 0; i < tags.length; i++) {
      Octets.put16(frame, at, i < tags.length - 1 ? SERVICE_TAG : TAG);
      Octets.put16(frame, at + 2, tags[i]);
      at += 4;
    }
    Octets.put16(frame, at, type);
    System.arraycopy(payload, 0, frame, at + 2, payload.length);
    return frame;
  }

  private byte[] ipv4(Flow flow, byte[] payload) {
    int header = 20 + ipOptions;
    byte[] packet = new byte[header + payload.length];
    packet[0] = (byte) (0x40 | header / 4);
    Octets.put16(packet, 2, packet.length);
    Octets.put16(packet, 4, identification);
    packet[8] = 64;
    packet[9] = (byte) flow.protocol();
    System.arraycopy(flow.source(), 0, packet, 12, 4);
    System.arraycopy(flow.destination(), 0, packet, 16, 4);
    Arrays.fill(packet, 20, header, (byte) 1); // no operation
    Octets.put16(packet, 10, ~Checksums.sum(0, packet, 0, header));
    System.arraycopy(payload, 0, packet, header, payload.length);
    return packet;
  }

  private byte[] ipv6(Flow flow, byte[] payload) {
    byte[] packet = new byte[40 + ipOptions + payload.length];
    packet[0] = 0x60;
    Octets.put16(packet, 4, ipOptions + payload.length);
    packet[6] = (byte) (ipOptions > 0 ? 60 : flow.protocol());
    packet[7] = 64;
    System.arraycopy(flow.source(), 0, packet, 8, 16);
    System.arraycopy(flow.destination(), 0, packet, 24, 16);
    if (ipOptions > 0) {
      packet[40] = (byte) flow.protocol();
      packet[41] = (byte) (ipOptions / 8 - 1);
      packet[42] = 1; // PadN
      packet[43] = (byte) (ipOptions - 4);
    }
    System.arraycopy(payload, 0, packet, 40 + ipOptions, payload.length);
    return packet;
  }

  private byte[] tcp(Flow flow, byte[] payload) {
    int header = 20 + tcpOptions;
    byte[] segment = new byte[header + payload.length];
    Octets.put16(segment, 0, flow.sourcePort());
    Octets.put16(segment, 2, flow.destinationPort());
    Octets.put32(segment, 4, sequence);
    Octets.put32(segment, 8, 0x7e01);
    segment[12] = (byte) (header / 4 << 4);
    segment[13] = (byte) flags;
    Octets.put16(segment, 14, 0xfaf0);
    Arrays.fill(segment, 20, header, (byte) 1); // no operation
    System.arraycopy(payload, 0, segment, header, payload.length);
    return segment;
  }

  private static byte[] udp(Flow flow, byte[] payload) {
    byte[] datagram = new byte[8 + payload.length];
    Octets.put16(datagram, 0, flow.sourcePort());
    Octets.put16(datagram, 2, flow.destinationPort());
    Octets.put16(datagram, 4, datagram.length);
    System.arraycopy(payload, 0, datagram, 8, payload.length);
    return datagram;
  }
}
