package org.tenon.hv.machine;

import java.nio.file.Path;

/**
 * A port of a console device.
 *
 * @param name what the guest knows it by: letters, digits, dots, hyphens and underscores
 * @param kind what is at the host's end
 * @param path where that is
 */
public record PortConfig(String name, Kind kind, Path path) {
  private static final int LONGEST = 64;

  /** What is at the host's end of a port. */
  public enum Kind {
    /** A Unix socket at which the machine listens: whoever connects, one at a time. */
    SOCKET,
    /** A file that is made or emptied and keeps what the guest writes. */
    FILE
  }

  /** Checks the name. */
  public PortConfig {
    if (!name.matches("[A-Za-z0-9._-]{1,%d}".formatted(LONGEST))) {
      throw new IllegalArgumentException(
          "'%s' is no name of a port: it takes 1 to %d letters, digits, dots, hyphens and underscores"
              .formatted(name, LONGEST));
    }
  }
}
