package org.tenon.kit.testing.storage;

import org.tenon.api.Stability;

/**
 * One state in which a power cut may leave the storage.
 *
 * @param cut the tick before which everything happened
 * @param kind how the later changes were chosen
 * @param label which ones reached the storage, for a failure's text
 * @param contents what the storage holds
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record CrashImage(long cut, Kind kind, String label, StorageImage contents) {
  /** How the changes that no force had made durable were chosen. */
  public enum Kind {
    /** None reached the storage. */
    NONE,
    /** All did. */
    ALL,
    /** The first few did, in the order in which they began. */
    PREFIX,
    /** All but one did. */
    ONE_LOST,
    /** Only one did. */
    ONE_KEPT,
    /** One reached it in part, up to or from a sector inside it. */
    TORN,
    /** Any sectors did, by chance. */
    RANDOM
  }
}
