package org.tenon.hv.plugin;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.tenon.spi.block.BlockDriverFactory;

/** Makes bundles for tests, good and bad, from real modules that the JDK's compiler compiles. */
final class TestBundle {
  static final String FACTORY =
      """
      package acme.disk;

      import java.util.List;
      import org.tenon.api.*;
      import org.tenon.spi.*;
      import org.tenon.spi.block.*;

      public class DiskFactory implements BlockDriverFactory {
        public DiskFactory() { %s }
        public Identifier id() { %s }
        public VersionRange spi() { return VersionRange.parse("[1.0,2.0)"); }
        public List<ConfigKey> configKeys() {
          return List.of(ConfigKey.required("path", ConfigKey.Type.PATH, "the image"));
        }
        public BlockAgreement negotiate(BlockOffer offer) { return offer.accept().build(); }
        public BlockDriver open(BlockAgreement a, Config c, BlockHost h) throws DriverException {
          throw new DriverException(Status.UNSUPPORTED, "opens nothing");
        }
      }
      """;

  static final String MODULE =
      """
      module acme.disk {
        requires org.tenon.spi.block;
        provides org.tenon.spi.block.BlockDriverFactory with acme.disk.DiskFactory;
      }
      """;

  static final String MANIFEST =
      """
      {
        "manifest": 1,
        "id": "acme-disks",
        "version": "1.2.3",
        "spi": "[1.0,2.0)",
        "vendor": "Acme",
        "drivers": [
          { "id": "acme-disk", "class": "block", "certify": { "storage": "file", "setting": "path" } }
        ]
      }
      """;

  private final Path folder;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /** A good bundle, to be spoiled. */
  TestBundle(Path folder) {
    this.folder = folder;
    manifest(MANIFEST);
    jar("lib/acme-disk.jar", MODULE, driver("", "return new Identifier(\"acme-disk\");"));
  }

  static String driver(String constructor, String id) {
    return FACTORY.formatted(constructor, id);
  }

  TestBundle manifest(String text) {
    return file("tenon-bundle.json", text.getBytes(StandardCharsets.UTF_8));
  }

  TestBundle file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  TestBundle without(String name) {
    files.remove(name);
    return this;
  }

  /**
   * Compiles the sources, the module's descriptor among them, into a jar; other jars of the bundle
   * can be required.
   */
  TestBundle jar(String name, String... sources) {
    return file(name, compile(sources));
  }

  /** The files as an unpacked bundle. */
  Path folder() {
    try {
      Path root = Files.createDirectories(folder.resolve("unpacked"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = root.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files as a deflated archive. */
  Path archive() {
    return write("bundle.tenon", zip(files));
  }

  Path write(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] content(String name) {
    byte[] content = files.get(name);
    if (content == null) {
      throw new IllegalArgumentException(name);
    }
    return content;
  }

  static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] compile(String... sources) {
    try {
      Path classes = Files.createTempDirectory(folder, "classes");
      Path path = Files.createDirectories(folder.resolve("module-path"));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        if (file.getKey().endsWith(".jar")) {
          Files.write(path.resolve(Path.of(file.getKey()).getFileName()), file.getValue());
        }
      }
      String modules = sdk() + File.pathSeparator + path;
      List<String> arguments =
          new ArrayList<>(
              List.of("-d", classes.toString(), "--module-path", modules, "-proc:none", "-nowarn"));
      Path written = Files.createTempDirectory(folder, "sources");
      for (String source : sources) {
        arguments.add(
            Files.writeString(written.resolve(nameOf(source) + ".java"), source).toString());
      }
      ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
      if (javac.run(System.out, System.err, arguments.toArray(String[]::new)) != 0) {
        throw new IllegalStateException("the test's own source does not compile");
      }
      Map<String, byte[]> entries = new LinkedHashMap<>();
      try (Stream<Path> tree = Files.walk(classes)) {
        for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
          entries.put(classes.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
      return zip(entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sdk() {
    return ModuleLayer.boot().configuration().modules().stream()
        .filter(module -> BundleModules.SDK.contains(module.name()))
        .map(module -> Path.of(module.reference().location().orElseThrow()).toString())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElseThrow(() ->
            new IllegalStateException(BlockDriverFactory.class + " must be in a named module"));
  }

  private static String nameOf(String source) {
    Matcher type = Pattern.compile("public (?:class|interface) (\\w+)").matcher(source);
    return type.find() ? type.group(1) : "module-info";
  }
}
