package org.tenon.kit.testing.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicSteering;

/**
 * A guest's use of the controlq (VIRTIO 1.2 section 5.1.6.5): one command after the other. Each
 * method answers whether the device obeyed. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestNicControl {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ON_OR_ADD = 0;
  private static final int SECOND = 1;
  private static final int NOT_WRITTEN = 0xff;
  private static final int COMMAND_LIMIT = 16_384;

  private final GuestDevice device;
  private final int queue;
  private final GuestChain chain = new GuestChain();

  GuestNicControl(GuestDevice device, int queue) {
    this.device = device;
    this.queue = queue;
  }

  /** The number of the queue. */
  public int queue() {
    return queue;
  }

  /** Whether frames to every station arrive. */
  public boolean promiscuous(boolean on) {
    return command(VirtioNet.CLASS_RX, ON_OR_ADD, new byte[] {(byte) (on ? 1 : 0)});
  }

  /** Whether frames to every group arrive. */
  public boolean allGroups(boolean on) {
    return command(VirtioNet.CLASS_RX, SECOND, new byte[] {(byte) (on ? 1 : 0)});
  }

  /** Changes the card's address. */
  public boolean address(MacAddress own) {
    ByteBuffer data = ByteBuffer.allocate(MacAddress.BYTES);
    put(data, own);
    return command(VirtioNet.CLASS_MAC, SECOND, data.array());
  }

  /** Says to which other stations, and to which groups, frames arrive. */
  public boolean addresses(List<MacAddress> stations, List<MacAddress> groups) {
    int entries = stations.size() + groups.size();
    ByteBuffer data =
        ByteBuffer.allocate(2 * Integer.BYTES + entries * MacAddress.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(stations.size());
    stations.forEach(address -> put(data, address));
    data.putInt(groups.size());
    groups.forEach(address -> put(data, address));
    return command(VirtioNet.CLASS_MAC, ON_OR_ADD, data.array());
  }

  private static void put(ByteBuffer into, MacAddress address) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      into.put((byte) address.octet(i));
    }
  }

  /** Whether frames of a VLAN arrive. */
  public boolean vlan(int number, boolean passes) {
    return command(VirtioNet.CLASS_VLAN, passes ? ON_OR_ADD : SECOND, word(number));
  }

  /** Over how many pairs of queues the device spreads what arrives, as it likes. */
  public boolean pairs(int count) {
    return command(VirtioNet.CLASS_MQ, ON_OR_ADD, word(count));
  }

  private static byte[] word(int value) {
    return new byte[] {(byte) value, (byte) (value >>> 8)};
  }

  /** Says where frames arrive; all pairs may send. */
  public boolean steering(NicSteering wanted, int senders) {
    ByteBuffer data =
        ByteBuffer.allocate(8 + 2 * wanted.table().size() + 3 + wanted.key().size())
            .order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(wanted.types());
    data.putShort((short) (wanted.table().size() - 1));
    data.putShort((short) wanted.unclassified());
    wanted.table().forEach(pair -> data.putShort((short) pair.intValue()));
    data.putShort((short) senders);
    data.put((byte) wanted.key().size());
    wanted.key().forEach(value -> data.put((byte) value.intValue()));
    return command(VirtioNet.CLASS_MQ, SECOND, data.array());
  }

  /**
   * Gives any command, whatever is in it, and waits for its answer.
   *
   * @throws VirtioViolation if none comes, or it is neither OK nor ERR
   */
  public boolean command(int commandClass, int number, byte[] data) {
    if (data.length > COMMAND_LIMIT) {
      throw new IllegalArgumentException("a command of " + data.length + " bytes");
    }
    GuestMemory memory = device.memory();
    long at = memory.allocate(2L + data.length + 1, 1);
    memory.put8(at, commandClass);
    memory.put8(at + 1, number);
    memory.write(at + 2, data);
    long answer = at + 2 + data.length;
    memory.put8(answer, NOT_WRITTEN);
    chain.clear().readable(at, 2);
    if (data.length > 0) {
      chain.readable(at + 2, data.length);
    }
    device.ring(queue).add(chain.writable(answer, 1));
    device.kick(queue);
    int used = device.awaitUsed(queue, PATIENCE);
    int status = memory.get8(answer);
    memory.free(at);
    if (used < 0 || (status != VirtioNet.OK && status != VirtioNet.ERR)) {
      throw new VirtioViolation(
          "5.1.6.5",
          "command %d of class %d got %s"
              .formatted(number, commandClass, used < 0 ? "no answer" : "the answer " + status));
    }
    return status == VirtioNet.OK;
  }
}
