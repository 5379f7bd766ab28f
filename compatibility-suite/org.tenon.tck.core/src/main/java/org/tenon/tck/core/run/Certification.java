package org.tenon.tck.core.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.evidence.EvidenceLog;
import org.tenon.tck.core.verdict.TestResult;
import org.tenon.tck.core.verdict.Verdict;
import org.tenon.tck.core.verdict.VerdictFormula;

/**
 * The way in: runs the tests of a subject's profile and judges them. One run at a time uses one
 * subject; {@link #run} blocks until the run has ended.
 */
public final class Certification {
  private final InstantSource clock;

  /** A certification by the system's clock. */
  public Certification() {
    this(InstantSource.system());
  }

  /** A certification by another clock, which dates the report and decides which waivers hold. */
  public Certification(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Runs and judges.
   *
   * @param profile what is tested
   * @param subject what is certified
   * @param options what is asked for
   * @param progress is told what happens, on the calling thread; must not block
   * @return everything that was found
   * @throws IllegalArgumentException if the options name a test that does not exist; the message
   *     lists those that do
   */
  public RunReport run(
      Profile profile, Subject subject, RunOptions options, Consumer<RunEvent> progress) {
    Instant started = clock.instant();
    LocalDate day = started.atZone(ZoneOffset.UTC).toLocalDate();
    EvidenceLog evidence = new EvidenceLog();
    try (LauncherSession session = LauncherFactory.openSession(onlyOurs())) {
      SuitePlan plan =
          SuitePlan.of(session.getLauncher(), profile.contract(), profile.requirements());
      checkNames(plan, options);
      RunContext context = new RunContext(options.seed(), evidence, Optional.of(subject));
      session.getStore().put(Namespace.create("org.tenon.tck"), RunContext.class, context);
      List<TestResult> results = execute(session, plan, subject, options, progress);
      Verdict verdict =
          new VerdictFormula(
                  profile.requirements(),
                  plan.tests(),
                  results,
                  options.tiers(),
                  options.waivers(),
                  subject.id(),
                  day)
              .judge(options.level());
      RunReport report =
          new RunReport(
              subject.id(),
              profile.title(),
              subject.command(),
              subject.facts(),
              Environment.describe(profile),
              options,
              plan.tiersAmong(options.tiers()),
              started,
              Duration.between(started, clock.instant()),
              verdict,
              results,
              evidence.collected(),
              options.waivers().expired(subject.id(), day));
      progress.accept(new RunEvent.Finished(report));
      return report;
    }
  }

  private static List<TestResult> execute(
      LauncherSession session,
      SuitePlan plan,
      Subject subject,
      RunOptions options,
      Consumer<RunEvent> progress) {
    List<TestCase> selected = plan.tests().stream().filter(options::selects).toList();
    progress.accept(new RunEvent.Started(subject, options.seed(), selected.size()));
    if (selected.isEmpty()) {
      return List.of();
    }
    ResultListener listener = new ResultListener(plan, options, subject.command(), progress);
    session
        .getLauncher()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(plan.selectors(options))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false")
                .build(),
            listener);
    return listener.results().stream()
        .sorted(Comparator.comparingInt(result -> plan.tests().indexOf(result.test())))
        .toList();
  }

  /** Nothing else on the class path may listen in on, or change, a run. */
  private static LauncherConfig onlyOurs() {
    return LauncherConfig.builder()
        .enableLauncherSessionListenerAutoRegistration(false)
        .enableLauncherDiscoveryListenerAutoRegistration(false)
        .enableTestExecutionListenerAutoRegistration(false)
        .enablePostDiscoveryFilterAutoRegistration(false)
        .build();
  }

  private static void checkNames(SuitePlan plan, RunOptions options) {
    SortedSet<String> known =
        plan.tests().stream().map(TestCase::name).collect(Collectors.toCollection(TreeSet::new));
    SortedSet<String> unknown = new TreeSet<>(options.tests());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("no test is called " + unknown + ": there are " + known);
    }
  }
}
