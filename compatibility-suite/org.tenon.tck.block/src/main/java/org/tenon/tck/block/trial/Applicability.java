package org.tenon.tck.block.trial;

import java.lang.reflect.Method;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tenon.api.ClauseId;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.run.NotApplicable;
import org.tenon.tck.core.run.RunContext;

/**
 * Whether a test applies to a driver, from what the driver itself agrees to when everything is
 * offered. Its traits are the capabilities that it takes, and {@link Trait}s.
 */
final class Applicability {
  private static final BlockOffer EVERYTHING = BlockOffer.of(BlockCapabilities.ALL, 4, 64);
  private static final ClauseId NEGOTIATES = ClauseId.parse("BLK-003");

  private Applicability() {}

  /** Ends a test that does not apply. */
  static void check(BlockSubject subject, Method test, RunContext run) {
    Requires requires = test.getAnnotation(Requires.class);
    if (requires == null) {
      return;
    }
    SortedSet<String> missing = new TreeSet<>();
    SortedSet<String> traits = traits(subject, run);
    for (String trait : requires.value()) {
      if (!traits.contains(trait)) {
        missing.add(Trait.reasonWithout(trait));
      }
    }
    if (!missing.isEmpty()) {
      throw new NotApplicable(String.join("; ", missing));
    }
  }

  private static SortedSet<String> traits(BlockSubject subject, RunContext run) {
    SortedSet<String> traits = new TreeSet<>();
    try {
      BlockAgreement agreement = subject.factory().negotiate(EVERYTHING);
      run.evidence().note("agreement", agreement.toString());
      agreement.capabilities().forEach(capability -> traits.add(capability.toString()));
      if (agreement.queues() > 1) {
        traits.add(Trait.SEVERAL_QUEUES);
      }
    } catch (DriverException e) {
      throw new ClauseViolated(
          NEGOTIATES,
          "an agreement when everything is offered",
          "it refused: " + e.getMessage(),
          e);
    }
    for (ConfigKey key : subject.factory().configKeys()) {
      if (key.name().equals(Trait.READ_ONLY_KEY) && key.type() == ConfigKey.Type.FLAG) {
        traits.add(Trait.READ_ONLY_SETTING);
      }
      if (key.secret()) {
        traits.add(Trait.SECRET_SETTING);
      }
    }
    return traits;
  }
}
