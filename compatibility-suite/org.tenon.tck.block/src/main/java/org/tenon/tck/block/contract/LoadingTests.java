package org.tenon.tck.block.contract;

import java.lang.module.ResolvedModule;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Spi;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.tck.block.subject.BundleFacts;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.run.NotRun;

/** L0: what a host looks at before it opens anything. */
public abstract class LoadingTests extends BlockTests {
  /** For the contract. */
  protected LoadingTests() {}

  @Test
  @KeepsData
  @Clause("DRV-001")
  void manifestFollowsItsSchema() {
    List<String> violations = bundle().schemaViolations();
    if (!violations.isEmpty()) {
      throw trial().violation("a manifest that follows its schema", String.join("; ", violations));
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-002")
  void factoryHasTheManifestsId() {
    expectEqual("the manifest's driver id", bundle().driver(), subject().factory().id());
  }

  @Test
  @KeepsData
  @Clause("DRV-003")
  void factoryHasTheManifestsSpiRange() {
    expectEqual("the manifest's SPI range", bundle().spi(), subject().factory().spi());
    if (!subject().factory().spi().contains(Spi.VERSION)) {
      throw trial()
          .violation("a range that contains " + Spi.VERSION, "it is " + subject().factory().spi());
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-004")
  void factoryAnswersTheSameEachTime() {
    BlockDriverFactory factory = subject().factory();
    BlockDriverFactory again = anotherOf(factory);
    for (BlockDriverFactory one : List.of(factory, again)) {
      expectEqual("id", factory.id(), one.id());
      expectEqual("spi", factory.spi(), one.spi());
      expectEqual("configKeys", factory.configKeys(), one.configKeys());
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-005")
  void modulesReadOnlyTheSdk() {
    Module module = subject().factory().getClass().getModule();
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
      throw trial()
          .violation(
              "modules that read only the JDK, the SDK and one another",
              String.join(", ", outside));
    }
  }

  @Test
  @KeepsData
  @Clause("DRV-018")
  void everySettingIsDescribed() {
    String bare =
        subject().factory().configKeys().stream()
            .filter(key -> key.description().isBlank())
            .map(ConfigKey::name)
            .collect(Collectors.joining(", "));
    if (!bare.isEmpty()) {
      throw trial().violation("a description of every setting", "these have none: " + bare);
    }
  }

  private BundleFacts bundle() {
    return subject()
        .bundle()
        .orElseThrow(
            () -> new NotRun("no bundle is under test: build one and run 'tenon certify' on it"));
  }

  private BlockDriverFactory anotherOf(BlockDriverFactory factory) {
    try {
      Constructor<? extends BlockDriverFactory> constructor =
          factory.getClass().getDeclaredConstructor();
      return constructor.canAccess(null) ? constructor.newInstance() : factory;
    } catch (NoSuchMethodException e) {
      return factory;
    } catch (ReflectiveOperationException e) {
      throw trial().violation("the factory's constructor returns", "it failed: " + e, e);
    }
  }

  private void expectEqual(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw trial().violation(what + " is " + expected, "it is " + actual);
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
