package org.tenon.spi.net;

import java.util.List;
import org.tenon.api.Stability;

/**
 * Which queue a frame arrives on, where {@link NicCapabilities#STEERING} was agreed: receive-side
 * scaling as VIRTIO 1.2, 5.1.6.4.3 describes it. The Toeplitz hash of the fields that {@code types}
 * names, over {@code key}, picks an entry of {@code table} by its lowest bits; frames of no named
 * type arrive on {@code unclassified}.
 *
 * @param types bits {@link #IPV4} to {@link #UDP6}; where several fit a frame, the one with the
 *     most fields counts
 * @param key 40 bytes, each 0 to 255
 * @param table queues, their number a power of two up to 512
 * @param unclassified a queue
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NicSteering(int types, List<Integer> key, List<Integer> table, int unclassified) {
  /** Source and destination of IPv4. */
  public static final int IPV4 = 1;

  /** Addresses and ports of TCP over IPv4. */
  public static final int TCP4 = 1 << 1;

  /** Addresses and ports of UDP over IPv4. */
  public static final int UDP4 = 1 << 2;

  /** Source and destination of IPv6. */
  public static final int IPV6 = 1 << 3;

  /** Addresses and ports of TCP over IPv6. */
  public static final int TCP6 = 1 << 4;

  /** Addresses and ports of UDP over IPv6. */
  public static final int UDP6 = 1 << 5;

  /** All of the above. */
  public static final int ALL = IPV4 | TCP4 | UDP4 | IPV6 | TCP6 | UDP6;

  /** Bytes of a key. */
  public static final int KEY_BYTES = 40;

  /** The most entries of a table. */
  public static final int TABLE_LIMIT = 512;

  /**
   * Copies the lists and checks them.
   *
   * @throws IllegalArgumentException if a length or a value is out of its range
   */
  public NicSteering {
    key = List.copyOf(key);
    table = List.copyOf(table);
    if ((types & ~ALL) != 0
        || key.size() != KEY_BYTES
        || key.stream().anyMatch(b -> b < 0 || b > 0xff)
        || Integer.bitCount(table.size()) != 1
        || table.size() > TABLE_LIMIT
        || table.stream().anyMatch(q -> q < 0 || q >= NicOffer.QUEUE_PAIRS_LIMIT)
        || unclassified < 0
        || unclassified >= NicOffer.QUEUE_PAIRS_LIMIT) {
      throw new IllegalArgumentException(
          "no steering: types 0x%x, a key of %d bytes, a table of %d entries, else queue %d"
              .formatted(types, key.size(), table.size(), unclassified));
    }
  }
}
