package org.tenon.tck.core.driver;

import java.lang.module.ResolvedModule;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverFactory;
import org.tenon.spi.Spi;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.run.NotRun;
import org.tenon.tck.core.run.RunExtension;

/** L0: what a host looks at before it opens anything, of a driver of any class. */
@ExtendWith(RunExtension.class)
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class LoadingTests {
  private static final ClauseId SCHEMA = ClauseId.parse("DRV-001");
  private static final ClauseId ID = ClauseId.parse("DRV-002");
  private static final ClauseId RANGE = ClauseId.parse("DRV-003");
  private static final ClauseId FACTORY = ClauseId.parse("DRV-004");
  private static final ClauseId MODULES = ClauseId.parse("DRV-005");
  private static final ClauseId DESCRIBED = ClauseId.parse("DRV-018");

  /** For the contracts. */
  protected LoadingTests() {}

  /** Where the drivers under test come from. */
  protected abstract DriverFactory factory();

  /** The bundle they came in; empty in a partner's own build. */
  protected abstract Optional<BundleFacts> facts();

  @Test
  @KeepsData
  @Clause("DRV-001")
  void manifestFollowsItsSchema() {
    List<String> violations = bundle().schemaViolations();
    if (!violations.isEmpty()) {
      throw new ClauseViolated(
          SCHEMA, "a manifest that follows its schema", String.join("; ", violations));
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-002")
  void factoryHasTheManifestsId() {
    expectEqual(ID, "the manifest's driver id", bundle().driver(), factory().id());
  }

  @Test
  @KeepsData
  @Clause("DRV-003")
  void factoryHasTheManifestsSpiRange() {
    expectEqual(RANGE, "the manifest's SPI range", bundle().spi(), factory().spi());
    if (!factory().spi().contains(Spi.VERSION)) {
      throw new ClauseViolated(
          RANGE, "a range that contains " + Spi.VERSION, "it is " + factory().spi());
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-004")
  void factoryAnswersTheSameEachTime() {
    DriverFactory factory = factory();
    DriverFactory again = anotherOf(factory);
    for (DriverFactory one : List.of(factory, again)) {
      expectEqual(FACTORY, "id", factory.id(), one.id());
      expectEqual(FACTORY, "spi", factory.spi(), one.spi());
      expectEqual(FACTORY, "configKeys", factory.configKeys(), one.configKeys());
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-005")
  void modulesReadOnlyTheSdk() {
    Module module = factory().getClass().getModule();
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
      throw new ClauseViolated(
          MODULES,
          "modules that read only the JDK, the SDK and one another",
          String.join(", ", outside));
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-018")
  void everySettingIsDescribed() {
    String bare =
        factory().configKeys().stream()
            .filter(key -> key.description().isBlank())
            .map(ConfigKey::name)
            .collect(Collectors.joining(", "));
    if (!bare.isEmpty()) {
      throw new ClauseViolated(
          DESCRIBED, "a description of every setting", "these have none: " + bare);
    }
  }

  private BundleFacts bundle() {
    return facts()
        .orElseThrow(
            () -> new NotRun("no bundle is under test: build one and run 'tenon certify' on it"));
  }

  private DriverFactory anotherOf(DriverFactory factory) {
    try {
      Constructor<? extends DriverFactory> constructor =
          factory.getClass().getDeclaredConstructor();
      return constructor.canAccess(null) ? constructor.newInstance() : factory;
    } catch (NoSuchMethodException e) {
      return factory;
    } catch (ReflectiveOperationException e) {
      throw new ClauseViolated(FACTORY, "the factory's constructor returns", "it failed: " + e, e);
    }
  }

  private static void expectEqual(ClauseId clause, String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new ClauseViolated(clause, what + " is " + expected, "it is " + actual);
    }
  }

  private static boolean isJdkOrSdk(String module) {
    return module.startsWith("java.")
        || module.startsWith("jdk.")
        || module.equals("org.tenon.api")
        || module.equals("org.tenon.spi")
        || module.startsWith("org.tenon.spi.");
  }
}
