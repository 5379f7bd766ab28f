package org.tenon.kit.testing.guest;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.NicDriverFactory;

/**
 * A network card that a NIC driver serves; the guest sees virtio-net: {@code eth0}, {@code eth1} …
 *
 * @param name what the test calls it
 * @param driver the driver under test
 * @param settings what a user would set for it
 * @param queuePairs the most pairs of queues, from 1; the driver may take fewer
 * @param deadlines how long the hypervisor waits for the driver, in the host's time
 * @param faults hears of every clause that the hypervisor saw the driver break, on any thread
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestNic(
    String name,
    NicDriverFactory driver,
    SortedMap<String, String> settings,
    int queuePairs,
    Deadlines deadlines,
    Consumer<Fault> faults)
    implements Peripheral {
  private static final int PAIRS = 4;

  /** Copies the settings. */
  public GuestNic {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Four pairs of queues, the usual deadlines, nobody listening. */
  public static GuestNic of(String name, NicDriverFactory driver, Map<String, String> settings) {
    return new GuestNic(
        name, driver, new TreeMap<>(settings), PAIRS, Deadlines.DEFAULT, fault -> {});
  }

  /** The same with at most so many pairs of queues. */
  public GuestNic withQueuePairs(int most) {
    return new GuestNic(name, driver, settings, most, deadlines, faults);
  }

  /** The same with that patience. */
  public GuestNic withDeadlines(Deadlines patience) {
    return new GuestNic(name, driver, settings, queuePairs, patience, faults);
  }

  /** The same with that listener. */
  public GuestNic withFaults(Consumer<Fault> listener) {
    return new GuestNic(name, driver, settings, queuePairs, deadlines, listener);
  }
}
