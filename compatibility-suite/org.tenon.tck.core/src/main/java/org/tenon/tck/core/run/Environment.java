package org.tenon.tck.core.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tenon.spi.Spi;
import org.tenon.tck.core.Requirements;

/** Where a run takes place, and which suite and specification it applies. */
final class Environment {
  private Environment() {}

  /** The facts, for the report. Names no user, host or path. */
  static SortedMap<String, String> describe(Profile profile) {
    SortedMap<String, String> facts = new TreeMap<>();
    facts.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
    facts.put(
        "operating system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("architecture", System.getProperty("os.arch"));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory for the run", (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    facts.put("SPI version", Spi.VERSION.toString());
    facts.put("specification digest", digest(profile.requirements()));
    facts.put("suite digest", digest(List.of(Environment.class, profile.contract())));
    return facts;
  }

  private static String digest(Requirements requirements) {
    MessageDigest sha = sha256();
    requirements
        .all()
        .forEach(clause -> sha.update(clause.toString().getBytes(StandardCharsets.UTF_8)));
    return named(sha);
  }

  /** Over the jars, or the class folders of a build, that the classes come from. */
  private static String digest(List<Class<?>> classes) {
    MessageDigest sha = sha256();
    try {
      for (Class<?> type : classes) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
          return "unknown: part of a run-time image";
        }
        URI location = source.getLocation().toURI();
        update(sha, Path.of(location));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return named(sha);
  }

  private static void update(MessageDigest sha, Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        sha.update(place.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        sha.update(Files.readAllBytes(file));
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String named(MessageDigest sha) {
    return "sha256:" + HexFormat.of().formatHex(sha.digest());
  }
}
