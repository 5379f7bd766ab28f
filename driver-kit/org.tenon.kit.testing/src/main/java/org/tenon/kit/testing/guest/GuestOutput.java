package org.tenon.kit.testing.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.tenon.api.Stability;

/**
 * How a work ended.
 *
 * @param status the command's exit status
 * @param lines what the console showed meanwhile, without marks and empty lines
 * @param took how much of the guest's time it took
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestOutput(int status, List<String> lines, Duration took) {
  /** Copies the list. */
  public GuestOutput {
    lines = List.copyOf(lines);
  }

  /**
   * What the first line {@code KEY: VALUE} says after the colon, without spaces around it; both
   * {@code sn : 12} and {@code sn: 12} have the key {@code sn}.
   */
  public Optional<String> value(String key) {
    return values(key).stream().findFirst();
  }

  /** What every line {@code KEY: VALUE} says, in their order. */
  public List<String> values(String key) {
    return lines.stream()
        .filter(line -> line.indexOf(':') > 0)
        .filter(line -> line.substring(0, line.indexOf(':')).strip().equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .toList();
  }
}
