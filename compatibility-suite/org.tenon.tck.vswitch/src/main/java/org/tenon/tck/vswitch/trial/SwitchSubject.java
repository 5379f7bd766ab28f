package org.tenon.tck.vswitch.trial;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.run.Subject;

/**
 * An extension of the virtual switch under certification.
 *
 * @param factory where extensions come from
 * @param settings what it is set to, the same for every test
 * @param bundle the bundle it came in; empty in a partner's own build, where nothing is certified
 * @param deadlines how long the suite waits for it
 * @param command how a user certifies it, for rerun commands
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record SwitchSubject(
    SwitchExtensionFactory factory,
    Map<String, String> settings,
    Optional<BundleFacts> bundle,
    Deadlines deadlines,
    String command)
    implements Subject {
  /** Copies the settings. */
  public SwitchSubject {
    settings = Map.copyOf(settings);
  }

  /** One in a partner's own build, with 5 s for each call. */
  public static SwitchSubject of(SwitchExtensionFactory factory, Map<String, String> settings) {
    return new SwitchSubject(
        factory,
        settings,
        Optional.empty(),
        new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(5)),
        "tenon certify " + factory.id());
  }

  /** The same out of a bundle, certified by that command. */
  public SwitchSubject from(BundleFacts facts, String line) {
    return new SwitchSubject(factory, settings, Optional.of(facts), deadlines, line);
  }

  /** The same with other deadlines. */
  public SwitchSubject within(Deadlines limits) {
    return new SwitchSubject(factory, settings, bundle, limits, command);
  }

  @Override
  public Identifier id() {
    return factory.id();
  }

  @Override
  public SortedMap<String, String> facts() {
    SortedMap<String, String> facts = new TreeMap<>();
    facts.put("driver", id().value());
    bundle.ifPresent(b -> {
      facts.put("bundle", b.id() + " " + b.version());
      facts.put("bundle digest", b.digest());
      facts.put("SPI range", b.spi().toString());
    });
    return facts;
  }
}
