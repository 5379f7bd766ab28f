package org.tenon.hv.virtio.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicSteering;

/** The device-specific configuration space, struct virtio_net_config (VIRTIO 1.2, 5.1.4). */
final class NetRegisters {
  /** Bytes. */
  static final int SIZE = 24;

  private static final int LINK_UP = 1;
  private static final int UNKNOWN_SPEED = -1;
  private static final int FULL_DUPLEX = 1;

  private NetRegisters() {}

  static byte[] of(MacAddress address, NicLink link, int pairs, int mtu) {
    ByteBuffer space = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < MacAddress.BYTES; i++) {
      space.put((byte) address.octet(i));
    }
    space.putShort((short) (link.up() ? LINK_UP : 0));
    space.putShort((short) pairs);
    space.putShort((short) mtu);
    space.putInt(link.megabitsPerSecond() > 0 ? link.megabitsPerSecond() : UNKNOWN_SPEED);
    space.put((byte) (link.fullDuplex() ? FULL_DUPLEX : 0));
    if (pairs > 1) {
      space.put((byte) NicSteering.KEY_BYTES);
      space.putShort((short) NicSteering.TABLE_LIMIT);
      space.putInt(NicSteering.ALL);
    }
    return space.array();
  }
}
