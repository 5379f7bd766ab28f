package org.tenon.kit.testing.guest;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Stability;

/**
 * What a guest is to do.
 *
 * @param command a line of shell, at most 1000 characters of ASCII
 * @param limit how much of the guest's time it may take
 * @param marks what the test does when the guest prints a line {@code mark NAME}, by name; called
 *     on the thread that performs the work, while the guest stands still
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestWork(String command, Duration limit, SortedMap<String, Runnable> marks) {
  private static final int LONGEST = 1000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if the command is longer, is not ASCII or has several lines
   */
  public GuestWork {
    if (command.length() > LONGEST || !command.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "a guest's command is one line of at most %d printable ASCII characters: put more into a file of its plan"
              .formatted(LONGEST));
    }
    marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
  }

  /** A command that may take a minute. */
  public static GuestWork of(String command) {
    return new GuestWork(command, MINUTE, new TreeMap<>(Map.of()));
  }

  /** The same with another limit. */
  public GuestWork within(Duration time) {
    return new GuestWork(command, time, marks);
  }

  /** The same with something to do at a mark. */
  public GuestWork at(String mark, Runnable action) {
    SortedMap<String, Runnable> more = new TreeMap<>(marks);
    more.put(mark, action);
    return new GuestWork(command, limit, more);
  }
}
