package org.tenon.spi.block;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;

/** The capabilities of block devices that this SDK knows. More may be offered; ignore them. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class BlockCapabilities {
  /**
   * The device has a volatile write cache, and {@link BlockOperation#FLUSH} empties it. Without it
   * every completed write is durable.
   */
  public static final Capability FLUSH = Capability.of("flush");

  /** Single writes can be made durable with {@link BlockOperation#FUA}. */
  public static final Capability FUA = Capability.of("fua");

  /** {@link BlockOperation#DISCARD} is understood. */
  public static final Capability DISCARD = Capability.of("discard");

  /** {@link BlockOperation#WRITE_ZEROES} is understood. */
  public static final Capability WRITE_ZEROES = Capability.of("write-zeroes");

  /** The size may change while the device is open; {@link BlockHost#geometryChanged} tells. */
  public static final Capability RESIZE = Capability.of("resize");

  /** All of the above. */
  public static final SortedSet<Capability> ALL =
      Collections.unmodifiableSortedSet(
          new TreeSet<>(List.of(FLUSH, FUA, DISCARD, WRITE_ZEROES, RESIZE)));

  private BlockCapabilities() {}
}
