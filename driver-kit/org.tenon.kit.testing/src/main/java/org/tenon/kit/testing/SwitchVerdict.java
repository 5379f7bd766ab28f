package org.tenon.kit.testing;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.Stability;

/**
 * What an extension has made of a decision.
 *
 * @param ports by which the frame leaves
 * @param mirrors by which a copy of it leaves
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record SwitchVerdict(SortedSet<Integer> ports, SortedSet<Integer> mirrors) {
  /** Copies the sets. */
  public SwitchVerdict {
    ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    mirrors = Collections.unmodifiableSortedSet(new TreeSet<>(mirrors));
  }

  @Override
  public String toString() {
    return "leaves by %s, mirrored to %s".formatted(ports, mirrors);
  }
}
