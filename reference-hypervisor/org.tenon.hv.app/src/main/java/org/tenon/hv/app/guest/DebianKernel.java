package org.tenon.hv.app.guest;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A kernel that Debian packages for x86-64, by the name a user gives it. */
public enum DebianKernel {
  /** Made for virtual machines: few drivers, and those built in. */
  CLOUD("linux-image-cloud-amd64"),
  /** Made for every PC: almost every driver is a module. */
  STANDARD("linux-image-amd64");

  private final String metapackage;

  DebianKernel(String metapackage) {
    this.metapackage = metapackage;
  }

  /** The package that depends on the newest version. */
  String metapackage() {
    return metapackage;
  }

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kernel of that name; none where the text is something else, such as a file. */
  public static Optional<DebianKernel> of(String text) {
    return Arrays.stream(values()).filter(kernel -> kernel.label().equals(text)).findFirst();
  }
}
