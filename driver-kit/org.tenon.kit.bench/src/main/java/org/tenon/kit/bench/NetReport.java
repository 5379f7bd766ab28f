package org.tenon.kit.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.tenon.api.Stability;

/**
 * What was measured of a network.
 *
 * @param driver the driver's id
 * @param path how it was reached, such as {@code virtio} or {@code switch}
 * @param plan what was asked for
 * @param seconds how long it was measured
 * @param sent how many frames the sending card's device was done with in that time
 * @param received how many frames arrived at the receiving card
 * @param sentPerSecond frames in a second
 * @param receivedPerSecond frames in a second
 * @param allocatedBytesPerFrame what the whole process allocated on the Java heap meanwhile, for
 *     each frame sent
 * @param environment on what: JDK, operating system, processors
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NetReport(
    String driver,
    String path,
    NetPlan plan,
    double seconds,
    long sent,
    long received,
    double sentPerSecond,
    double receivedPerSecond,
    double allocatedBytesPerFrame,
    Map<String, String> environment) {
  /** The report for people, a few lines. */
  public String toText() {
    return String.format(
        Locale.ROOT,
        "%s (%s): frames of %d bytes, %d on their way, %.1f s%n"
            + "  sent %,.0f packets/s  received %,.0f packets/s  %.1f bytes allocated per packet%n",
        driver,
        path,
        plan.frameBytes(),
        plan.depth(),
        seconds,
        sentPerSecond,
        receivedPerSecond,
        allocatedBytesPerFrame);
  }

  /** The report for machines: one JSON object. */
  public String toJson() {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("frameBytes", plan.frameBytes());
    asked.put("depth", plan.depth());
    asked.put("warmUpMillis", plan.warmUp().toMillis());
    asked.put("durationMillis", plan.duration().toMillis());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("driver", driver);
    all.put("path", path);
    all.put("plan", asked);
    all.put("seconds", seconds);
    all.put("sent", sent);
    all.put("received", received);
    all.put("sentPerSecond", sentPerSecond);
    all.put("receivedPerSecond", receivedPerSecond);
    all.put("allocatedBytesPerFrame", allocatedBytesPerFrame);
    all.put("environment", environment);
    return Json.of(all);
  }
}
