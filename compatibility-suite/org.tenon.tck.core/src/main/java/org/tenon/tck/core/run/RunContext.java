package org.tenon.tck.core.run;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.evidence.EvidenceLog;

/**
 * What a test learns of the run it is part of. {@link RunExtension} hands it in as a parameter.
 *
 * @param seed of the run
 * @param evidence where measurements go
 * @param subject what is certified; empty in a partner's own build, where the test class itself
 *     says it
 */
public record RunContext(Seed seed, EvidenceLog evidence, Optional<Subject> subject) {
  /** The system property that sets the seed in a partner's own build. */
  public static final String SEED_PROPERTY = "tenon.seed";

  /** The context of tests that no certification started. */
  static RunContext ofOwnBuild() {
    String given = System.getProperty(SEED_PROPERTY);
    Seed seed =
        given == null ? new Seed(RandomGenerator.getDefault().nextLong()) : Seed.parse(given);
    return new RunContext(seed, new EvidenceLog(), Optional.empty());
  }

  /** The seed of a test. */
  public Seed seedOf(Method test) {
    return seed.derive(TestCase.nameOf(test));
  }
}
