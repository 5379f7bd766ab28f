package org.tenon.spi.device;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.api.Version;
import org.tenon.spi.Capability;
import org.tenon.spi.Spi;

/**
 * What a host can make of a function. Made by the host, read by {@link
 * DeviceDriverFactory#negotiate}. Immutable.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceOffer {
  /** The most interrupt vectors that any host offers: an MSI-X table holds no more. */
  public static final int VECTORS_LIMIT = 2048;

  /** The most interrupt vectors of a function with MSI instead of MSI-X. */
  public static final int MSI_VECTORS_LIMIT = 32;

  /** The largest memory BAR that any host offers, in bytes. */
  public static final long BAR_LIMIT = 1L << 31;

  private final SortedSet<Capability> capabilities;
  private final int maxVectors;
  private final int maxLeases;
  private final long maxBarBytes;

  private DeviceOffer(
      Set<Capability> capabilities, int maxVectors, int maxLeases, long maxBarBytes) {
    this.capabilities = Collections.unmodifiableSortedSet(new TreeSet<>(capabilities));
    this.maxVectors = maxVectors;
    this.maxLeases = maxLeases;
    this.maxBarBytes = maxBarBytes;
  }

  /**
   * An offer. Called by hosts.
   *
   * @param capabilities what the host can make use of
   * @param maxVectors 1 to {@value #VECTORS_LIMIT}
   * @param maxLeases from 1
   * @param maxBarBytes 4096 to {@value #BAR_LIMIT}
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static DeviceOffer of(
      Set<Capability> capabilities, int maxVectors, int maxLeases, long maxBarBytes) {
    if (maxVectors < 1
        || maxVectors > VECTORS_LIMIT
        || maxLeases < 1
        || maxBarBytes < 4096
        || maxBarBytes > BAR_LIMIT) {
      throw new IllegalArgumentException(
          "no host offers %d vectors, %d leases and BARs of %d bytes"
              .formatted(maxVectors, maxLeases, maxBarBytes));
    }
    return new DeviceOffer(capabilities, maxVectors, maxLeases, maxBarBytes);
  }

  /** The SPI version that the host speaks. */
  public Version spi() {
    return Spi.VERSION;
  }

  /** What the host can make use of; may hold capabilities that the driver does not know. */
  public SortedSet<Capability> capabilities() {
    return capabilities;
  }

  /** Whether the host can make use of it. */
  public boolean offers(Capability capability) {
    return capabilities.contains(capability);
  }

  /** The most interrupt vectors. */
  public int maxVectors() {
    return maxVectors;
  }

  /** The most DMA leases at one time. */
  public int maxLeases() {
    return maxLeases;
  }

  /** The largest memory BAR, in bytes. */
  public long maxBarBytes() {
    return maxBarBytes;
  }

  /** Begins an agreement: no capability, one vector. */
  public DeviceAgreement.Builder accept() {
    return new DeviceAgreement.Builder(this);
  }

  @Override
  public String toString() {
    return "offer of %s, %d vectors, %d leases, BARs up to %d bytes"
        .formatted(capabilities, maxVectors, maxLeases, maxBarBytes);
  }
}
