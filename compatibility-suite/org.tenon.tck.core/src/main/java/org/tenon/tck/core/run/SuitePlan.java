package org.tenon.tck.core.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.Requirements;
import org.tenon.tck.core.TestCase;
import org.tenon.tck.core.Tier;

/** Every test of a profile, as JUnit itself finds them. */
public final class SuitePlan {
  private static final Comparator<TestCase> ORDER =
      Comparator.comparing(TestCase::level)
          .thenComparing(TestCase::tier)
          .thenComparing(TestCase::group)
          .thenComparing(TestCase::name);

  private final Map<String, TestCase> byUniqueId;
  private final List<TestCase> tests;

  private SuitePlan(Map<String, TestCase> byUniqueId) {
    this.byUniqueId = byUniqueId;
    this.tests = byUniqueId.values().stream().sorted(ORDER).toList();
  }

  /**
   * Discovers the tests of a contract class.
   *
   * @throws IllegalArgumentException if one names no clause or an unknown one, or two have the same
   *     name
   */
  public static SuitePlan of(Launcher launcher, Class<?> contract, Requirements requirements) {
    TestPlan plan =
        launcher.discover(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(contract))
                .build());
    Map<String, TestCase> found = new LinkedHashMap<>();
    Map<String, TestCase> byName = new LinkedHashMap<>();
    for (TestIdentifier identifier : testMethods(plan)) {
      MethodSource method = methodOf(identifier).orElseThrow();
      TestCase test = TestCase.of(method.getJavaClass(), method.getJavaMethod(), requirements);
      TestCase other = byName.put(test.name(), test);
      if (other != null) {
        throw new IllegalArgumentException(
            "two tests have the name " + test.name() + ": " + other + " and " + test);
      }
      found.put(identifier.getUniqueId(), test);
    }
    return new SuitePlan(found);
  }

  /** All tests, by level, tier, group and name. */
  public List<TestCase> tests() {
    return tests;
  }

  /** Those of the tiers in which there are tests. */
  SortedSet<Tier> tiersAmong(Set<Tier> asked) {
    return tests.stream()
        .map(TestCase::tier)
        .filter(asked::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The test that JUnit calls so, if it is one. */
  Optional<TestCase> find(TestIdentifier identifier) {
    return Optional.ofNullable(byUniqueId.get(identifier.getUniqueId()));
  }

  /** What to launch to run the tests that the options select. */
  List<DiscoverySelector> selectors(RunOptions options) {
    List<DiscoverySelector> selected = new ArrayList<>();
    byUniqueId.forEach((uniqueId, test) -> {
      if (options.selects(test)) {
        selected.add(DiscoverySelectors.selectUniqueId(uniqueId));
      }
    });
    return selected;
  }

  /** The MUST clauses that no test covers; a suite may not be released with one. */
  public List<Requirement> uncovered(Requirements requirements) {
    return requirements.all().stream()
        .filter(Requirement::isMust)
        .filter(requirement ->
            tests.stream().noneMatch(test -> test.clauses().contains(requirement.id())))
        .toList();
  }

  private static Collection<TestIdentifier> testMethods(TestPlan plan) {
    return plan.getRoots().stream()
        .flatMap(root -> plan.getDescendants(root).stream())
        .filter(identifier -> identifier.isTest() && methodOf(identifier).isPresent())
        .toList();
  }

  private static Optional<MethodSource> methodOf(TestIdentifier identifier) {
    Stream<TestSource> source = identifier.getSource().stream();
    return source.filter(MethodSource.class::isInstance).map(MethodSource.class::cast).findFirst();
  }
}
