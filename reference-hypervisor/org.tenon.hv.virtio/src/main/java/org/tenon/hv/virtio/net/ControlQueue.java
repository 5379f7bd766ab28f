package org.tenon.hv.virtio.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.virtio.BufferState;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.DeviceEvents;
import org.tenon.hv.virtio.RingError;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicSteering;

/**
 * The controlq (VIRTIO 1.2, 5.1.6.5): one command after the other, each answered when the driver
 * obeys. Whatever the guest writes ends in OK, in ERR, or in the need of a reset where there is no
 * room for an answer.
 */
final class ControlQueue {
  private static final int CLASS_RX = 0;
  private static final int CLASS_MAC = 1;
  private static final int CLASS_VLAN = 2;
  private static final int CLASS_MQ = 4;
  private static final int FIRST = 0;
  private static final int SECOND = 1;
  private static final byte OK = 0;
  private static final byte ERR = 1;

  /** The most bytes of a command that are read; the longest is a steering table. */
  private static final int COMMAND_BYTES = 8192;

  private final int index;
  private final NetDevice device;
  private final DescriptorChain chain;
  private final byte[] command = new byte[COMMAND_BYTES];
  private int length;
  private @Nullable Virtqueue ring;
  private @Nullable DeviceEvents events;

  /** What the command in hand waits for. */
  private @Nullable CompletionStage<?> pending;

  ControlQueue(int index, NetDevice device, int maxChain) {
    this.index = index;
    this.device = device;
    chain = new DescriptorChain(maxChain);
  }

  synchronized void start(Virtqueue virtqueue, DeviceEvents to) {
    ring = virtqueue;
    events = to;
    pending = null;
  }

  synchronized void stop() {
    ring = null;
    pending = null;
  }

  synchronized @Nullable Virtqueue ring() {
    return ring;
  }

  /** The command that waits for its answer, for a save; the driver has obeyed. */
  synchronized Optional<BufferState> save() {
    return pending == null ? Optional.empty() : Optional.of(chain.state());
  }

  /**
   * Takes up a command that the driver has obeyed; after {@link #start}.
   *
   * @throws IllegalArgumentException where it has no room for an answer
   */
  synchronized void restore(BufferState saved, GuestMemory memory) {
    chain.restore(saved, memory);
    if (chain.writableBytes() == 0) {
      throw new IllegalArgumentException("a command that nobody can answer");
    }
    pending = CompletableFuture.completedStage(null);
  }

  /** False where a command waits for nothing but its answer. */
  synchronized boolean arm() {
    return pending == null || !pending.toCompletableFuture().isDone();
  }

  /** Answers or takes one command; whether there may be more to do. */
  boolean poll() {
    DeviceEvents to;
    boolean interrupt;
    RingError broken;
    boolean again;
    synchronized (this) {
      Virtqueue from = ring;
      if (from == null) {
        return false;
      }
      again = step(from);
      interrupt = from.interruptDue();
      broken = from.error();
      if (broken != null) {
        ring = null;
      }
      to = Objects.requireNonNull(events);
    }
    if (interrupt) {
      to.used(index);
    }
    if (broken != null) {
      to.needsReset("queue " + index + ": " + broken);
      return false;
    }
    return again;
  }

  private boolean step(Virtqueue from) {
    CompletionStage<?> waited = pending;
    if (waited != null) {
      if (!waited.toCompletableFuture().isDone()) {
        return false;
      }
      pending = null;
      answer(from, OK);
      return true;
    }
    from.suppressNotifications();
    if (!from.pop(chain)) {
      return from.allowNotifications();
    }
    if (chain.writableBytes() == 0) {
      return from.fail(RingError.NO_STATUS);
    }
    load();
    CompletionStage<?> over = obey();
    if (over == null) {
      answer(from, ERR);
      return true;
    }
    pending = over;
    device.settling(over, index);
    return over.toCompletableFuture().isDone();
  }

  private void answer(Virtqueue to, byte status) {
    int first = chain.readableCount();
    MemoryRegion region = chain.region(first);
    region.segment().set(JAVA_BYTE, chain.offset(first), status);
    region.markDirty(chain.offset(first), 1);
    to.push(chain.id(), chain.slots(), 1);
  }

  private void load() {
    length = 0;
    for (int i = 0; i < chain.readableCount() && length < command.length; i++) {
      int take = (int) Math.min(chain.length(i), command.length - length);
      MemorySegment.copy(
          chain.region(i).segment(), JAVA_BYTE, chain.offset(i), command, length, take);
      length += take;
    }
  }

  /** Does what the command says; null where it makes no sense or was not negotiated. */
  private @Nullable CompletionStage<?> obey() {
    if (length < 2 || chain.readableBytes() > COMMAND_BYTES) {
      return null;
    }
    int number = command[1] & 0xff;
    return switch (command[0] & 0xff) {
      case CLASS_RX -> has(NetFeature.CTRL_RX) ? receiveMode(number) : null;
      case CLASS_MAC -> addresses(number);
      case CLASS_VLAN -> has(NetFeature.CTRL_VLAN) ? vlan(number) : null;
      case CLASS_MQ -> queues(number);
      default -> null;
    };
  }

  private boolean has(long feature) {
    return (device.negotiated() & feature) != 0;
  }

  private @Nullable CompletionStage<?> receiveMode(int number) {
    if (length != 3 || number > SECOND) {
      return null;
    }
    boolean on = command[2] != 0;
    return device.filter(rules -> {
      if (number == FIRST) {
        rules.promiscuous(on);
      } else {
        rules.allGroups(on);
      }
    });
  }

  private @Nullable CompletionStage<?> addresses(int number) {
    if (number == SECOND) {
      if (!has(NetFeature.CTRL_MAC_ADDR) || length != 2 + MacAddress.BYTES) {
        return null;
      }
      MacAddress own = address(2);
      return own.isGroup() || own.bits() == 0 ? null : device.filter(rules -> rules.address(own));
    }
    if (number != FIRST || !has(NetFeature.CTRL_RX)) {
      return null;
    }
    List<MacAddress> stations = new ArrayList<>();
    List<MacAddress> groups = new ArrayList<>();
    int next = table(2, stations);
    if (next < 0 || table(next, groups) != length) {
      return null;
    }
    return device.filter(rules -> rules.tables(stations, groups));
  }

  /** Reads a table of addresses; where it ends, or −1 where it is cut short. */
  private int table(int at, List<MacAddress> into) {
    if (at + 4 > length) {
      return -1;
    }
    int entries = u16(at) | u16(at + 2) << 16;
    if (entries < 0 || entries > (length - at - 4) / MacAddress.BYTES) {
      return -1;
    }
    for (int i = 0; i < entries; i++) {
      into.add(address(at + 4 + i * MacAddress.BYTES));
    }
    return at + 4 + entries * MacAddress.BYTES;
  }

  private MacAddress address(int at) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | command[at + i] & 0xff;
    }
    return new MacAddress(bits);
  }

  private @Nullable CompletionStage<?> vlan(int number) {
    if (length != 4 || number > SECOND || u16(2) > NicFilter.LAST_VLAN) {
      return null;
    }
    int vlan = u16(2);
    return device.filter(rules -> rules.vlan(vlan, number == FIRST));
  }

  private @Nullable CompletionStage<?> queues(int number) {
    if (number == FIRST && has(NetFeature.MQ)) {
      int pairs = length == 4 ? u16(2) : 0;
      return pairs < 1 || pairs > device.pairs() ? null : device.steer(rules -> rules.pairs(pairs));
    }
    NicSteering wanted = number == SECOND && has(NetFeature.RSS) ? steering() : null;
    return wanted == null ? null : device.steer(rules -> rules.steering(wanted));
  }

  /** Reads struct virtio_net_rss_config (5.1.6.5.7.1). */
  private @Nullable NicSteering steering() {
    int tableAt = 2 + 4 + 2 + 2;
    if (length < tableAt) {
      return null;
    }
    int types = u16(2) | u16(4) << 16;
    int entries = u16(6) + 1;
    int after = tableAt + 2 * entries;
    if (entries > NicSteering.TABLE_LIMIT || length < after + 3) {
      return null;
    }
    int senders = u16(after);
    int keyBytes = command[after + 2] & 0xff;
    if (senders < 1
        || senders > device.pairs()
        || keyBytes > NicSteering.KEY_BYTES
        || length != after + 3 + keyBytes) {
      return null;
    }
    List<Integer> table = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      table.add(u16(tableAt + 2 * i));
    }
    List<Integer> key = new ArrayList<>();
    for (int i = 0; i < NicSteering.KEY_BYTES; i++) {
      key.add(i < keyBytes ? command[after + 3 + i] & 0xff : 0);
    }
    int unclassified = u16(8);
    boolean exist =
        unclassified < device.pairs() && table.stream().allMatch(queue -> queue < device.pairs());
    try {
      return exist ? new NicSteering(types, key, table, unclassified) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private int u16(int at) {
    return command[at] & 0xff | (command[at + 1] & 0xff) << 8;
  }
}
