package org.tenon.hv.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A vendor's bundle for end-to-end tests: a real module, compiled against the SDK that the
 * application ships.
 */
final class AcmeBundle {
  private static final String MODULE =
      """
      module acme.disk {
        requires org.tenon.spi.block;
        provides org.tenon.spi.block.BlockDriverFactory with acme.disk.DiskFactory;
      }
      """;

  private static final String FILE_STORAGE =
      ", \"certify\": { \"storage\": \"file\", \"setting\": \"path\" }";

  private final Path folder;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  AcmeBundle(Path folder) {
    this.folder = folder;
  }

  static String manifest(String spi, boolean certifiable) {
    return
"""
        {
          "manifest": 1, "id": "acme-disks", "version": "1.0", "spi": "%s",
          "drivers": [{ "id": "acme-disk", "class": "block"%s }]
        }
"""
        .formatted(spi, certifiable ? FILE_STORAGE : "");
  }

  /** A bundle whose driver cannot be opened, and has nothing else wrong with it. */
  AcmeBundle good() throws IOException {
    return file("tenon-bundle.json", manifest("[1.0,2.0)", true)).driver("", "acme-disk");
  }

  AcmeBundle file(String name, String content) {
    files.put(name, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Compiles the driver with that constructor, which says that it has that id. */
  AcmeBundle driver(String constructor, String id) throws IOException {
    Path sources = Files.createTempDirectory(folder, "sources");
    Path classes = Files.createTempDirectory(folder, "classes");
    List<String> arguments =
        List.of(
            "-d",
            classes.toString(),
            "--module-path",
            Path.of("target/app/sdk").toAbsolutePath().toString(),
            Files.writeString(sources.resolve("module-info.java"), MODULE).toString(),
            Files.writeString(sources.resolve("DiskFactory.java"), factory(constructor, id))
                .toString());
    if (ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new))
        != 0) {
      throw new IllegalStateException("the test's own source does not compile");
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (Stream<Path> tree = Files.walk(classes)) {
      for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
        entries.put(classes.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    Path jar = folder.resolve("acme-disk.jar");
    zip(entries, jar);
    files.put("lib/acme-disk.jar", Files.readAllBytes(jar));
    return this;
  }

  private static String factory(String constructor, String id) {
    return """
    package acme.disk;

    import java.util.List;
    import org.tenon.api.*;
    import org.tenon.spi.*;
    import org.tenon.spi.block.*;

    public class DiskFactory implements BlockDriverFactory {
      public DiskFactory() { %s }
      public Identifier id() { return new Identifier("%s"); }
      public VersionRange spi() { return VersionRange.parse("[1.0,2.0)"); }
      public List<ConfigKey> configKeys() {
        return List.of(ConfigKey.required("path", ConfigKey.Type.PATH, "the image"));
      }
      public BlockAgreement negotiate(BlockOffer offer) { return offer.accept().build(); }
      public BlockDriver open(BlockAgreement a, Config c, BlockHost h) throws DriverException {
        throw new DriverException(Status.UNSUPPORTED, "opens nothing");
      }
    }
    """
        .formatted(constructor, id);
  }

  Path archive() throws IOException {
    return zip(files, folder.resolve("acme.tenon"));
  }

  private static Path zip(Map<String, byte[]> entries, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return to;
  }
}
