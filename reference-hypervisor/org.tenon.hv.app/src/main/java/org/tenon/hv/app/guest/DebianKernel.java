package org.tenon.hv.app.guest;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A kernel that Debian packages for x86-64, by the name a user gives it. */
public enum DebianKernel {
  /** Made for virtual machines: few drivers, and those built in. */
  CLOUD("cloud", "linux-image-cloud-amd64"),
  /** The same of Linux 6.12, which Debian 12 packages beside its own 6.1. */
  CLOUD_6_12("cloud-6.12", "linux-image-6.12-cloud-amd64"),
  /** Made for every PC: almost every driver is a module. */
  STANDARD("standard", "linux-image-amd64");

  private final String label;
  private final String metapackage;

  DebianKernel(String label, String metapackage) {
    this.label = label;
    this.metapackage = metapackage;
  }

  /** The package that depends on the newest version. */
  String metapackage() {
    return metapackage;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /** All names, for messages and help. */
  public static String labels() {
    return Arrays.stream(values()).map(DebianKernel::label).collect(Collectors.joining(", "));
  }

  /** The kernel of that name; none where the text is something else, such as a file. */
  public static Optional<DebianKernel> of(String text) {
    return Arrays.stream(values()).filter(kernel -> kernel.label().equals(text)).findFirst();
  }
}
