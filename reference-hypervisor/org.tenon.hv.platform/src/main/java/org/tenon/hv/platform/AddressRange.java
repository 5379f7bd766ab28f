package org.tenon.hv.platform;

/**
 * A range of addresses or ports.
 *
 * @param first the first
 * @param last the last, not less than the first
 */
public record AddressRange(long first, long last) {
  /** Checks the order. */
  public AddressRange {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("%#x-%#x is no range".formatted(first, last));
    }
  }

  /** How many addresses. */
  public long length() {
    return last - first + 1;
  }

  /** Whether the two have an address in common. */
  public boolean overlaps(AddressRange other) {
    return first <= other.last && other.first <= last;
  }
}
