package org.tenon.tck.hypervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;

/**
 * Where a report comes from.
 *
 * @param id what the hypervisor is called; waivers name it so
 * @param command how a user measures it
 * @param facts what is known of it
 * @param started when the machine was turned on, or the log read
 * @param took how long it was on
 * @param ending what became of it
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record ProbedMachine(
    Identifier id,
    String command,
    SortedMap<String, String> facts,
    Instant started,
    Duration took,
    Ending ending) {
  /** What became of a machine after the end of the report. */
  public enum Ending {
    /** The hypervisor ended by itself. */
    TURNED_OFF,
    /** It was ended from outside. */
    LEFT_ON,
    /** Nobody was there: only the log tells. */
    UNKNOWN
  }
}
