package org.tenon.hv.vswitch;

import java.util.function.LongSupplier;

/**
 * Behind which port a station is, by its address and VLAN, as its frames have shown. Bounded, also
 * for each port, so that a guest that invents addresses drives out its own first. A station that
 * has been silent for long is forgotten. Any thread; no call allocates.
 */
final class AddressTable {
  /** Not known. */
  static final int NONE = -1;

  private static final int WAYS = 8;
  private static final int BUCKETS = 1024;
  private static final long VLAN_SHIFT = 48;
  private static final long USED = 1L << 63;

  private final LongSupplier nanoTime;
  private final long ageNanos;
  private final int mostPerPort;
  private final long secret;
  private final long[] keys = new long[BUCKETS * WAYS];
  private final long[] seen = new long[BUCKETS * WAYS];
  private final byte[] ports = new byte[BUCKETS * WAYS];
  private final int[] counts;

  /**
   * An empty table.
   *
   * @param ageNanos after which silence a station is forgotten
   * @param mostPerPort the most stations behind one port
   * @param secret makes it hard to find addresses that fall together
   */
  AddressTable(LongSupplier nanoTime, long ageNanos, int portCount, int mostPerPort, long secret) {
    this.nanoTime = nanoTime;
    this.ageNanos = ageNanos;
    this.mostPerPort = mostPerPort;
    this.secret = secret;
    counts = new int[portCount];
  }

  /** A frame of this station has come by this port. */
  synchronized void learn(long address, int vlan, int port) {
    long now = nanoTime.getAsLong();
    long key = key(address, vlan);
    int bucket = bucket(key);
    int oldest = bucket;
    for (int at = bucket; at < bucket + WAYS; at++) {
      if (keys[at] == key) {
        move(at, port);
        seen[at] = now;
        return;
      }
      if (keys[at] != 0 && now - seen[at] > ageNanos) {
        forget(at);
      }
      if (keys[at] == 0 || (keys[oldest] != 0 && seen[at] - seen[oldest] < 0)) {
        oldest = at;
      }
    }
    if (counts[port] >= mostPerPort && (keys[oldest] == 0 || ports[oldest] != port)) {
      return;
    }
    forget(oldest);
    keys[oldest] = key;
    ports[oldest] = (byte) port;
    seen[oldest] = now;
    counts[port]++;
  }

  private void move(int at, int port) {
    counts[ports[at]]--;
    ports[at] = (byte) port;
    counts[port]++;
  }

  private void forget(int at) {
    if (keys[at] != 0) {
      keys[at] = 0;
      counts[ports[at]]--;
    }
  }

  /** The port behind which a station is, or {@link #NONE}. */
  synchronized int find(long address, int vlan) {
    long key = key(address, vlan);
    int bucket = bucket(key);
    for (int at = bucket; at < bucket + WAYS; at++) {
      if (keys[at] == key) {
        return nanoTime.getAsLong() - seen[at] > ageNanos ? NONE : ports[at];
      }
    }
    return NONE;
  }

  /** Nothing is behind a port any more. */
  synchronized void forgetPort(int port) {
    for (int at = 0; at < keys.length; at++) {
      if (keys[at] != 0 && ports[at] == port) {
        forget(at);
      }
    }
  }

  private static long key(long address, int vlan) {
    return USED | (long) vlan << VLAN_SHIFT | address;
  }

  private int bucket(long key) {
    long mixed = (key ^ secret) * 0x9e37_79b9_7f4a_7c15L;
    mixed ^= mixed >>> 32;
    return (int) (mixed & (BUCKETS - 1)) * WAYS;
  }
}
