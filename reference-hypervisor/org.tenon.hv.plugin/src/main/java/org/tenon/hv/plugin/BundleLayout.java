package org.tenon.hv.plugin;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files a bundle has. A name is compared with what is allowed; nothing else is ever made on
 * disk.
 */
final class BundleLayout {
  static final String MANIFEST = "tenon-bundle.json";
  static final String LIBRARIES = "lib/";

  /** What a bundle may hold, for error messages. */
  static final String ACCEPTED =
      "a bundle holds tenon-bundle.json, lib/NAME.jar, and if you like LICENSE, NOTICE, README.md";

  private static final Set<String> PAPERS = Set.of("LICENSE", "NOTICE", "README.md");
  private static final Pattern LIBRARY =
      Pattern.compile("lib/[A-Za-z0-9][A-Za-z0-9._+-]{0,150}\\.jar");
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

  private BundleLayout() {}

  /**
   * Checks the name of a file or, with a slash at its end, a folder.
   *
   * @throws BundleException if a bundle has no such file
   */
  static void check(String name) throws BundleException {
    if (isLibrary(name)
        || name.equals(MANIFEST)
        || name.equals(LIBRARIES)
        || PAPERS.contains(name)) {
      return;
    }
    String unified = name.replace('\\', '/');
    if (List.of(unified.split("/", -1)).contains("..")) {
      throw new BundleException(
          "entry " + OneLine.quote(name) + " leads out of the bundle; " + ACCEPTED);
    }
    if (unified.startsWith("/") || DRIVE.matcher(name).matches()) {
      throw new BundleException(
          "entry " + OneLine.quote(name) + " is an absolute path; " + ACCEPTED);
    }
    throw new BundleException(
        "entry " + OneLine.quote(name) + " has no place in a bundle; " + ACCEPTED);
  }

  static boolean isLibrary(String name) {
    return LIBRARY.matcher(name).matches();
  }
}
