package org.tenon.tck.core.run;

import java.lang.module.ResolvedModule;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tenon.api.ClauseId;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.Spi;
import org.tenon.tck.core.ClauseViolated;

/**
 * What a host looks at before it opens a driver of any device class: level L0. Each profile's
 * loading tests call these, one for each clause.
 *
 * @param factory the driver's
 * @param bundle where it came in; empty in a partner's own build
 */
public record LoadingChecks(DriverFactory factory, Optional<BundleFacts> bundle) {
  /** DRV-001. */
  public void manifestFollowsItsSchema() {
    List<String> violations = facts().schemaViolations();
    if (!violations.isEmpty()) {
      throw broken(1, "a manifest that follows its schema", String.join("; ", violations));
    }
  }

  /** DRV-002. */
  public void factoryHasTheManifestsId() {
    expectEqual(2, "the manifest's driver id", facts().driver(), factory.id());
  }

  /** DRV-003. */
  public void factoryHasTheManifestsSpiRange() {
    expectEqual(3, "the manifest's SPI range", facts().spi(), factory.spi());
    if (!factory.spi().contains(Spi.VERSION)) {
      throw broken(3, "a range that contains " + Spi.VERSION, "it is " + factory.spi());
    }
  }

  /** DRV-004. */
  public void factoryAnswersTheSameEachTime() {
    DriverFactory again = anotherOne();
    for (DriverFactory one : List.of(factory, again)) {
      expectEqual(4, "id", factory.id(), one.id());
      expectEqual(4, "spi", factory.spi(), one.spi());
      expectEqual(4, "configKeys", factory.configKeys(), one.configKeys());
    }
  }

  /** DRV-005. */
  public void modulesReadOnlyTheSdk() {
    Module module = factory.getClass().getModule();
    if (!module.isNamed() || module.getLayer() == null || module.getLayer() == ModuleLayer.boot()) {
      throw new NotRun(
          "the driver was not loaded from a bundle, so its modules cannot be looked at");
    }
    SortedSet<String> outside = new TreeSet<>();
    for (ResolvedModule own : module.getLayer().configuration().modules()) {
      own.reads().stream()
          .filter(
              read -> !read.configuration().equals(own.configuration()) && !isJdkOrSdk(read.name()))
          .forEach(read -> outside.add(own.name() + " reads " + read.name()));
    }
    if (!outside.isEmpty()) {
      throw broken(
          5,
          "modules that read only the JDK, the SDK and one another",
          String.join(", ", outside));
    }
  }

  /** DRV-018. */
  public void everySettingIsDescribed() {
    String bare =
        factory.configKeys().stream()
            .filter(key -> key.description().isBlank())
            .map(ConfigKey::name)
            .collect(Collectors.joining(", "));
    if (!bare.isEmpty()) {
      throw broken(18, "a description of every setting", "these have none: " + bare);
    }
  }

  private BundleFacts facts() {
    return bundle.orElseThrow(
        () -> new NotRun("no bundle is under test: build one and run 'tenon certify' on it"));
  }

  private DriverFactory anotherOne() {
    try {
      Constructor<? extends DriverFactory> constructor =
          factory.getClass().getDeclaredConstructor();
      return constructor.canAccess(null) ? constructor.newInstance() : factory;
    } catch (NoSuchMethodException e) {
      return factory;
    } catch (ReflectiveOperationException e) {
      throw new ClauseViolated(
          clause(4), "the factory's constructor returns", "it failed: " + e, e);
    }
  }

  private void expectEqual(int number, String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw broken(number, what + " is " + expected, "it is " + actual);
    }
  }

  private static ClauseViolated broken(int number, String expected, String actual) {
    return new ClauseViolated(clause(number), expected, actual);
  }

  private static ClauseId clause(int number) {
    return new ClauseId("DRV", number);
  }

  private static boolean isJdkOrSdk(String module) {
    return module.startsWith("java.")
        || module.startsWith("jdk.")
        || module.equals("org.tenon.api")
        || module.equals("org.tenon.spi")
        || module.startsWith("org.tenon.spi.");
  }
}
