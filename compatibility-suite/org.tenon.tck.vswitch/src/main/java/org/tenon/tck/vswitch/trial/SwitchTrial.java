package org.tenon.tck.vswitch.trial;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.kit.testing.HarnessError;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchVerdict;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.DriverException;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.driver.Trial;
import org.tenon.tck.core.run.RunContext;

/** One test's switches and random choices. For the test's thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class SwitchTrial extends Trial {
  private static final List<String> GUESTS = List.of("guest0", "guest1", "guest2", "guest3");
  private static final String UPLINK = "uplink0";
  private static final int RED = 10;
  private static final Pattern PORT_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,31}");

  private final SwitchSubject subject;
  private final List<SwitchHarness> harnesses = new ArrayList<>();

  SwitchTrial(SwitchSubject subject, RunContext run, Method test) {
    super(run, test);
    this.subject = subject;
  }

  /** The extension under test. */
  public SwitchSubject subject() {
    return subject;
  }

  /** Begins a harness for the extension under test. */
  public SwitchHarness.Builder harness() {
    return harness(subject.settings());
  }

  /**
   * The same with other settings. Time stands still, so that an extension that counts by the second
   * decides alike each time.
   */
  public SwitchHarness.Builder harness(Map<String, String> settings) {
    return SwitchHarness.of(subject.factory())
        .settings(settings)
        .clock(new VirtualClock())
        .deadlines(subject.deadlines())
        .patience(subject.deadlines().control())
        .submitLimit(subject.deadlines().control())
        .lenient();
  }

  /**
   * Opens and starts an extension on a switch with its ports.
   *
   * @throws ClauseViolated if it refuses
   */
  public SwitchHarness open() {
    SwitchHarness lan = openOnly();
    connect(lan);
    start(lan);
    return lan;
  }

  /** Opens an extension and does not start it; its switch has no ports. */
  public SwitchHarness openOnly() {
    try {
      return adopt(harness().openOnly());
    } catch (DriverException e) {
      throw violation("the extension opens", "it refused: " + e.getMessage(), e);
    }
  }

  /** Starts an extension that was only opened. */
  public void start(SwitchHarness lan) {
    try {
      lan.start();
    } catch (DriverException e) {
      throw violation("the extension starts", "it refused: " + e.getMessage(), e);
    }
  }

  /**
   * Gives a switch its ports: guests', one of which is an access port, an uplink, and one for each
   * name that the settings hold.
   */
  public void connect(SwitchHarness lan) {
    for (String name : portNames()) {
      boolean uplink = name.equals(UPLINK);
      lan.addPort(name, uplink, name.equals("guest3") ? RED : 0);
    }
  }

  /** What the ports are called. */
  public SortedSet<String> portNames() {
    SortedSet<String> names = new TreeSet<>(GUESTS);
    names.add(UPLINK);
    for (String value : subject.settings().values()) {
      for (String part : value.split("[+,;:= ]", -1)) {
        if (PORT_NAME.matcher(part).matches()) {
          names.add(part);
        }
      }
    }
    return names;
  }

  /** Watches over a harness that the test opened itself. */
  public SwitchHarness adopt(SwitchHarness harness) {
    harnesses.add(harness);
    return harness;
  }

  /** Frames for a switch, from the test's seed: the same each time it is asked for. */
  public Traffic traffic() {
    return new Traffic(random());
  }

  /** Fails, by the first difference, unless the same was decided on each frame. */
  public void expectSame(String what, List<SwitchVerdict> expected, List<SwitchVerdict> actual) {
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).equals(actual.get(i))) {
        throw violation(
            "%s, frame %d: %s".formatted(what, i, expected.get(i)),
            "it is: %s".formatted(actual.get(i)));
      }
    }
  }

  /** Fails by the test's clause where the extension throws or does not return. */
  public void mustDecide(Runnable frames) {
    try {
      frames.run();
    } catch (HarnessError e) {
      throw violation("a decision on each frame", String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  protected List<Fault> closeDrivers() {
    List<Fault> found = new ArrayList<>();
    for (SwitchHarness harness : harnesses) {
      harness.close();
      found.addAll(harness.faults());
    }
    return found;
  }

  @Override
  protected void giveBack() {}
}
