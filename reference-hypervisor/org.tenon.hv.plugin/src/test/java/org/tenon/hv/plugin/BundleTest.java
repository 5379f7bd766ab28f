package org.tenon.hv.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Identifier;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.net.NicDriverFactory;

/** What a good bundle gives. */
class BundleTest {
  private static final Identifier DISK = new Identifier("acme-disk");

  @TempDir Path folder;

  @Test
  void tellsWhatTheManifestSays() throws BundleException {
    try (Bundle bundle = BundleReader.open(new TestBundle(folder).archive())) {
      assertThat(bundle).hasToString("acme-disks 1.2.3");
      assertThat(bundle.contents()).containsExactly("lib/acme-disk.jar (module acme.disk)");
      assertThat(bundle.manifest().drivers().getFirst().certify())
          .hasValue(new Provision.Storage(Provision.StorageKind.FILE, "path", Map.of()));
    }
  }

  @Test
  void findsADriverOfEachClass() throws BundleException {
    try (LoadedBundle loaded = BundleLoader.load(BundleReader.open(nicBundle().archive()))) {
      assertThat(loaded.factories()).hasSize(2);
      assertThat(loaded.factories(NicDriverFactory.class))
          .singleElement()
          .returns(new Identifier("acme-nic"), NicDriverFactory::id);
      assertThat(loaded.bundle().manifest().drivers().getLast().certify())
          .hasValue(
              new Provision.Wire(
                  Provision.WireKind.TAP, Map.of("device", "interface"), Map.of("speed", "10")));
    }
  }

  private TestBundle nicBundle() {
    return new TestBundle(folder)
        .manifest(
            TestBundle.MANIFEST.replace(
                "\"setting\": \"path\" } }",
                """
                "setting": "path" } },
                { "id": "acme-nic", "class": "net", "certify": {
                  "wire": "tap", "given": { "device": "interface" }, "settings": { "speed": "10" }
                } }\
                """))
        .jar(
            "lib/acme-nic.jar",
            """
            module acme.nic {
              requires org.tenon.spi.net;
              provides org.tenon.spi.net.NicDriverFactory with acme.nic.NicFactory;
            }
            """,
"""
            package acme.nic;

            import java.util.List;
import java.util.Map;
            import org.tenon.api.*;
            import org.tenon.spi.*;
            import org.tenon.spi.net.*;

            public class NicFactory implements NicDriverFactory {
              public Identifier id() { return new Identifier("acme-nic"); }
              public VersionRange spi() { return VersionRange.parse("[1.0,2.0)"); }
              public List<ConfigKey> configKeys() {
                return List.of(
                    ConfigKey.required("device", ConfigKey.Type.TEXT, "the interface"),
                    ConfigKey.optional("speed", ConfigKey.Type.INTEGER, "in Mbit/s"));
              }
              public NicAgreement negotiate(NicOffer offer) { return offer.accept().build(); }
              public NicDriver open(NicAgreement a, Config c, NicHost h) throws DriverException {
                throw new DriverException(Status.UNSUPPORTED, "opens nothing");
              }
            }
""");
  }

  @Test
  void loadsItsDriverOnALayerOfItsOwn() throws BundleException {
    try (LoadedBundle loaded =
        BundleLoader.load(BundleReader.open(new TestBundle(folder).folder()))) {
      BlockDriverFactory factory = loaded.factories(BlockDriverFactory.class).getFirst();
      assertThat(factory.id()).isEqualTo(DISK);
      assertThat(factory.getClass().getModule().getName()).isEqualTo("acme.disk");
      assertThat(factory.getClass().getModule().getLayer()).isNotEqualTo(ModuleLayer.boot());
    }
  }

  @Test
  void keepsTheHypervisorAndItsLibrariesOutOfSight() throws BundleException {
    try (LoadedBundle loaded =
        BundleLoader.load(BundleReader.open(new TestBundle(folder).folder()))) {
      ClassLoader loader = loaded.factories().getFirst().getClass().getClassLoader();
      for (String hidden :
          List.of("org.tenon.hv.plugin.Bundle", "com.fasterxml.jackson.databind.JsonNode")) {
        assertThat(assertThrows(ClassNotFoundException.class, () -> loader.loadClass(hidden)))
            .hasMessageContaining(hidden);
      }
    }
  }

  @Test
  void letsTwoBundlesBringTheSameLibrary() throws BundleException {
    TestBundle one = new TestBundle(folder);
    try (LoadedBundle first = BundleLoader.load(BundleReader.open(one.folder()));
        LoadedBundle second = BundleLoader.load(BundleReader.open(one.archive()))) {
      assertThat(first.factories().getFirst().getClass())
          .isNotEqualTo(second.factories().getFirst().getClass());
    }
  }

  @Test
  void removesItsPrivateCopy() throws BundleException {
    Bundle bundle = BundleReader.open(new TestBundle(folder).archive());
    Path jar = bundle.modules().getFirst().path();
    Path copy = jar.resolve("../../..").normalize();
    assertThat(jar).startsWith(copy).exists();
    bundle.close();
    assertThat(copy).doesNotExist();
  }

  @Test
  void hasTheSameDigestPackedAndUnpacked() throws BundleException, IOException {
    TestBundle content = new TestBundle(folder);
    Path unpacked = content.folder();
    List<Path> jars = List.of(unpacked.resolve("lib/acme-disk.jar"));
    Path archive = folder.resolve("out/acme.tenon");
    try (Bundle made =
            BundleWriter.create(unpacked.resolve("tenon-bundle.json"), jars, List.of(), archive);
        Bundle same = BundleReader.open(unpacked)) {
      assertThat(made.digest()).isEqualTo(same.digest()).hasSize(64);
      assertThat(archive.getParent()).isDirectoryContaining("glob:**/acme.tenon");
    }
    byte[] first = Files.readAllBytes(archive);
    Files.setLastModifiedTime(jars.getFirst(), FileTime.fromMillis(0));
    BundleWriter.create(unpacked.resolve("tenon-bundle.json"), jars, List.of(), archive).close();
    assertThat(Files.readAllBytes(archive)).isEqualTo(first);
  }

  @Test
  void writesNothingThatItWouldRefuse() {
    TestBundle content = new TestBundle(folder).manifest("{}");
    Path archive = folder.resolve("out/acme.tenon");
    assertThrows(
        BundleException.class,
        () ->
            BundleWriter.create(
                content.folder().resolve("tenon-bundle.json"), List.of(), List.of(), archive));
    assertThat(archive.getParent()).isEmptyDirectory();
  }

  @Test
  void staysInTheRegistryUnderItsOwnNameOnly() throws BundleException {
    TestBundle content = new TestBundle(folder);
    Path archive = content.archive();
    try (BundleRegistry registry = new BundleRegistry()) {
      registry.add(BundleLoader.load(BundleReader.open(archive)));
      assertThat(registry.drivers()).containsExactly(DISK);
      assertThat(registry.factory(DISK).id()).isEqualTo(DISK);
      try (LoadedBundle twin = BundleLoader.load(BundleReader.open(content.folder()))) {
        assertThat(assertThrows(BundleException.class, () -> registry.add(twin)))
            .hasMessageContaining("bundle 'acme-disks' is loaded already, from " + archive);
      }
    }
  }

  @Test
  void opensNoDriverInQuarantine() throws BundleException {
    Fault fault =
        new Fault(
            ClauseId.parse("BLK-010"), Fault.Kind.HUNG, "acme-disk queue 0", "tag 3 after 10 s");
    try (BundleRegistry registry = new BundleRegistry()) {
      registry.add(BundleLoader.load(BundleReader.open(new TestBundle(folder).archive())));
      registry.quarantine(DISK, fault);
      assertThat(registry.quarantined(new Identifier("acme-disks"))).contains(fault);
      assertThat(assertThrows(BundleException.class, () -> registry.factory(DISK)))
          .hasMessageContaining("is in quarantine since it broke BLK-010");
    }
  }
}
