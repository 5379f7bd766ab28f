package org.tenon.samples.nicloopback;

import org.tenon.spi.net.NicSteering;

/**
 * Where each flow arrives: a {@link NicSteering}, its Toeplitz hash worked out beforehand for every
 * value of every byte of input. Immutable.
 */
final class FlowTable {
  /** Two IPv6 addresses and two ports. */
  private static final int INPUT_BYTES = 36;

  private static final int PORTS_BYTES = 4;

  private final int types;
  private final int[] queues;
  private final int unclassified;
  private final int[] hashes = new int[INPUT_BYTES * 256];

  FlowTable(NicSteering steering) {
    types = steering.types();
    queues = steering.table().stream().mapToInt(Integer::intValue).toArray();
    unclassified = steering.unclassified();
    for (int at = 0; at < INPUT_BYTES; at++) {
      long window = 0;
      for (int i = 0; i < 5; i++) {
        window = window << 8 | steering.key().get(at + i);
      }
      for (int value = 0; value < 256; value++) {
        hashes[at * 256 + value] = hashOf(value, window);
      }
    }
  }

  /** Of each bit that is set, from the highest, the 32 bits of the key that begin there. */
  private static int hashOf(int value, long window) {
    int hash = 0;
    for (int bit = 0; bit < 8; bit++) {
      if ((value & 0x80 >>> bit) != 0) {
        hash ^= (int) (window >>> 8 - bit);
      }
    }
    return hash;
  }

  /** The queue on which a frame arrives. */
  int queue(Frame frame) {
    if (!frame.isIp()) {
      return unclassified;
    }
    boolean isIpv4 = frame.type() == Frame.TYPE_IPV4;
    int addresses = frame.network() + (isIpv4 ? 12 : 8);
    int addressBytes = isIpv4 ? 8 : 32;
    int withPorts = typeWithPorts(frame, isIpv4);
    if ((types & withPorts) != 0) {
      int hash = hash(frame, addresses, addressBytes, 0);
      return pick(hash ^ hash(frame, frame.transport(), PORTS_BYTES, addressBytes));
    }
    if ((types & (isIpv4 ? NicSteering.IPV4 : NicSteering.IPV6)) != 0) {
      return pick(hash(frame, addresses, addressBytes, 0));
    }
    return unclassified;
  }

  private static int typeWithPorts(Frame frame, boolean isIpv4) {
    if (frame.transport() == 0 || frame.length() < frame.transport() + PORTS_BYTES) {
      return 0;
    }
    return switch (frame.protocol()) {
      case Frame.PROTOCOL_TCP -> isIpv4 ? NicSteering.TCP4 : NicSteering.TCP6;
      case Frame.PROTOCOL_UDP -> isIpv4 ? NicSteering.UDP4 : NicSteering.UDP6;
      default -> 0;
    };
  }

  private int hash(Frame frame, int from, int count, int place) {
    int hash = 0;
    for (int i = 0; i < count; i++) {
      hash ^= hashes[(place + i) * 256 + frame.int8(from + i)];
    }
    return hash;
  }

  private int pick(int hash) {
    return queues[hash & queues.length - 1];
  }
}
