package org.tenon.tck.mutants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.wire.Wiring;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.tck.block.BlockProfile;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.Certification;
import org.tenon.tck.core.run.Profile;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.run.Subject;
import org.tenon.tck.core.run.SuitePlan;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.net.NicProfile;
import org.tenon.tck.net.subject.NicSubject;
import org.tenon.tck.vswitch.SwitchProfile;
import org.tenon.tck.vswitch.trial.SwitchSubject;

/**
 * Runs the suite on drivers that are known to be wrong. For one thread; while it runs, nothing else
 * selects a mutant.
 */
public final class MutationRun {
  /** A broken driver shall be found hung soon. */
  private static final Deadlines IMPATIENT =
      new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(3));

  /** A correct one gets all the time it needs on a busy machine. */
  private static final Deadlines PATIENT =
      new Deadlines(Duration.ofSeconds(30), Duration.ofSeconds(15));

  /** Says how a driver is given to a profile. */
  @FunctionalInterface
  private interface Subjects {
    Subject of(DriverFactory factory, Deadlines deadlines);
  }

  private final Seed seed;
  private final Profile profile;
  private final Subjects subjects;
  private final DriverFactory base;
  private final List<TestCase> tests;

  private MutationRun(Seed seed, Profile profile, Subjects subjects, DriverFactory base) {
    this.seed = seed;
    this.profile = profile;
    this.subjects = subjects;
    this.base = base;
    this.tests =
        SuitePlan.of(LauncherFactory.create(), profile.contract(), profile.requirements()).tests();
  }

  /** A run over block drivers, whose every random choice comes from the seed. */
  public static MutationRun ofBlock(Seed seed) {
    return new MutationRun(
        seed,
        BlockProfile.get(),
        (factory, deadlines) ->
            BlockSubject.of(SelectedMutant.provider(), new FileStorage(BaseFactory.PATH, Map.of()))
                .deadlines(deadlines)
                .build(),
        Mutants.base());
  }

  /**
   * A run over NIC drivers, whose every random choice comes from the seed.
   *
   * @param base the driver that all mutants vary
   * @param wiring on which wires they lie
   */
  public static MutationRun ofNic(Seed seed, NicDriverFactory base, Wiring wiring) {
    return new MutationRun(
        seed,
        NicProfile.get(),
        (factory, deadlines) ->
            NicSubject.of((NicDriverFactory) factory, wiring).deadlines(deadlines).build(),
        base);
  }

  /**
   * A run over extensions of the virtual switch, whose every random choice comes from the seed.
   *
   * @param base the extension that all mutants vary
   */
  public static MutationRun ofSwitch(Seed seed, SwitchExtensionFactory base) {
    return new MutationRun(
        seed,
        SwitchProfile.get(),
        (factory, deadlines) ->
            SwitchSubject.of((SwitchExtensionFactory) factory, Map.of()).within(deadlines),
        base);
  }

  /** Runs, for a mutant of another tier than the first, the test that is to catch it. */
  public MutationScore.Result run(GuestMutants.Case guest) {
    SortedSet<String> only = new TreeSet<>(List.of(guest.test()));
    return run(guest.mutant(), only, PATIENT);
  }

  /**
   * Runs, for each mutant, the tests that cover a clause that it breaks.
   *
   * @param progress is told each result as it comes
   */
  public MutationScore run(List<Mutant> mutants, Consumer<MutationScore.Result> progress) {
    List<MutationScore.Result> results = new ArrayList<>();
    for (Mutant mutant : mutants) {
      MutationScore.Result result = run(mutant);
      results.add(result);
      progress.accept(result);
    }
    return new MutationScore(seed, results);
  }

  private MutationScore.Result run(Mutant mutant) {
    SortedSet<String> chosen =
        tests.stream()
            .filter(test -> Tier.BASE.contains(test.tier()))
            .filter(test -> test.clauses().stream().anyMatch(mutant.clauses()::contains))
            .map(TestCase::name)
            .collect(Collectors.toCollection(TreeSet::new));
    return run(mutant, chosen, IMPATIENT);
  }

  private MutationScore.Result run(Mutant mutant, SortedSet<String> chosen, Deadlines deadlines) {
    long began = System.nanoTime();
    List<Failure> failures = chosen.isEmpty() ? List.of() : failures(mutant, chosen, deadlines);
    SortedSet<ClauseId> named =
        failures.stream().map(Failure::clause).collect(Collectors.toCollection(TreeSet::new));
    String finding =
        failures.stream()
            .filter(failure -> mutant.clauses().contains(failure.clause()))
            .findFirst()
            .or(() -> failures.stream().findFirst())
            .map(failure ->
                "%s: expected %s, but %s"
                    .formatted(failure.clause(), failure.expected(), failure.actual()))
            .orElse("nothing was found by " + chosen);
    return new MutationScore.Result(
        mutant, named, finding, Duration.ofNanos(System.nanoTime() - began));
  }

  private List<Failure> failures(Mutant mutant, SortedSet<String> chosen, Deadlines deadlines) {
    RunOptions options =
        RunOptions.of(Level.L3, seed)
            .withTiers(new TreeSet<>(EnumSet.allOf(Tier.class)))
            .withTests(chosen);
    RunReport report =
        selecting(mutant.id().value(), () -> certify(mutant.factory(), options, deadlines));
    return report.results().stream().flatMap(result -> result.failures().stream()).toList();
  }

  /** Runs the whole suite on the driver that all mutants vary. */
  public RunReport runBase() {
    return certify(base, RunOptions.of(Level.L3, seed), PATIENT);
  }

  /** Runs those tiers of the suite on the driver that all mutants vary. */
  public RunReport runBase(SortedSet<Tier> tiers) {
    return certify(base, RunOptions.of(Level.L3, seed).withTiers(tiers), PATIENT);
  }

  private RunReport certify(DriverFactory factory, RunOptions options, Deadlines deadlines) {
    return new Certification().run(profile, subjects.of(factory, deadlines), options, event -> {});
  }

  private static <T> T selecting(String id, Supplier<T> work) {
    System.setProperty(SelectedMutant.PROPERTY, id);
    try {
      return work.get();
    } finally {
      System.clearProperty(SelectedMutant.PROPERTY);
    }
  }
}
