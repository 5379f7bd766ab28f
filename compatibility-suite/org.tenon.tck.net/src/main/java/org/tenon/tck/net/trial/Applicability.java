package org.tenon.tck.net.trial;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicOffer;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.run.NotApplicable;
import org.tenon.tck.core.run.RunContext;
import org.tenon.tck.net.subject.NicSubject;

/**
 * Whether a test applies to a driver, from what the driver itself agrees to when everything is
 * offered, and from what its wire can do.
 */
final class Applicability {
  private static final NicOffer EVERYTHING = NicOffer.of(NicCapabilities.ALL, 4, 256);
  private static final ClauseId NEGOTIATES = ClauseId.parse("NET-003");

  private Applicability() {}

  /** Ends a test that does not apply. */
  static void check(NicSubject subject, Method test, RunContext run) {
    Requires requires = test.getAnnotation(Requires.class);
    if (requires == null) {
      return;
    }
    SortedSet<String> missing = new TreeSet<>();
    SortedSet<String> traits = traits(subject, run);
    for (String trait : requires.value()) {
      if (!traits.contains(trait)) {
        missing.add(Trait.reasonWithout(trait, subject.wiring().title()));
      }
    }
    if (!missing.isEmpty()) {
      throw new NotApplicable(String.join("; ", missing));
    }
  }

  private static SortedSet<String> traits(NicSubject subject, RunContext run) {
    SortedSet<String> traits = new TreeSet<>();
    try {
      NicAgreement agreement = subject.factory().negotiate(EVERYTHING);
      run.evidence().note("agreement", agreement.toString());
      agreement.capabilities().forEach(capability -> traits.add(capability.toString()));
      if (agreement.queuePairs() > 1) {
        traits.add(Trait.SEVERAL_PAIRS);
      }
    } catch (DriverException e) {
      throw new ClauseViolated(
          NEGOTIATES,
          "an agreement when everything is offered",
          "it refused: " + e.getMessage(),
          e);
    }
    Set<Wire.Ability> wire = subject.wiring().abilities();
    boolean loops = wire.contains(Wire.Ability.LOOPS);
    addIf(traits, Trait.SEEN_SENDING, loops || wire.contains(Wire.Ability.OBSERVES));
    addIf(traits, Trait.OBSERVED, wire.contains(Wire.Ability.OBSERVES));
    addIf(traits, Trait.CONVERSES, loops || wire.contains(Wire.Ability.HAS_STATION));
    addIf(
        traits,
        Trait.CONVERSES_IN_VLANS,
        loops || wire.contains(Wire.Ability.HAS_STATION_IN_VLANS));
    addIf(traits, Trait.FRAMES_COME, loops || wire.contains(Wire.Ability.INJECTS));
    addIf(traits, Trait.ANY_FRAME_COMES, wire.contains(Wire.Ability.INJECTS));
    addIf(traits, Trait.TOO_LONG_COMES, wire.contains(Wire.Ability.INJECTS_TOO_LONG));
    addIf(traits, Trait.LINK_CHANGES, wire.contains(Wire.Ability.CHANGES_LINK));
    for (ConfigKey key : subject.factory().configKeys()) {
      addIf(traits, Trait.LINK_CHANGES, key.name().equals(Trait.FLAP_KEY));
      addIf(traits, Trait.SECRET_SETTING, key.secret());
    }
    return traits;
  }

  private static void addIf(SortedSet<String> traits, String trait, boolean has) {
    if (has) {
      traits.add(trait);
    }
  }
}
