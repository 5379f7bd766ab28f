package org.tenon.tck.core;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tenon.api.Stability;

/** The door through which a test reaches its subject. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public enum Tier {
  /** The SPI, called directly by the driver kit's host. */
  CONTRACT("contract"),
  /** A virtual device of the reference hypervisor, driven through its queues as a guest does. */
  VIRTUAL_HARDWARE("virtual hardware"),
  /** A device of a real Linux that the hypervisor boots, worked with from inside. */
  GUEST("guest");

  /** The tiers that a level is granted on; the others add to it, where they are asked for. */
  public static final SortedSet<Tier> BASE =
      Collections.unmodifiableSortedSet(new TreeSet<>(EnumSet.of(CONTRACT, VIRTUAL_HARDWARE)));

  private final String title;

  Tier(String title) {
    this.title = title;
  }

  /** Its name for people. */
  public String title() {
    return title;
  }

  /** Its name on the command line, such as {@code virtual-hardware}. */
  public String label() {
    return title.replace(' ', '-');
  }

  /**
   * The tier of that label.
   *
   * @throws IllegalArgumentException if there is none; the message lists what is
   */
  public static Tier parse(String text) {
    return Arrays.stream(values())
        .filter(tier -> tier.label().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' is no tier: use %s"
                    .formatted(
                        text,
                        Arrays.stream(values())
                            .map(Tier::label)
                            .collect(Collectors.joining(", ")))));
  }
}
