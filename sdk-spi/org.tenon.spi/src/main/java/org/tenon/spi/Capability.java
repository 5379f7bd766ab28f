package org.tenon.spi;

import org.tenon.api.Identifier;
import org.tenon.api.Stability;

/**
 * An ability that a host offers and a driver may take: an open code. Each device class lists the
 * ones it knows (for example {@code BlockCapabilities}); a driver ignores all others.
 *
 * @param name what it is called in the specification
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Capability(Identifier name) implements Comparable<Capability> {
  /**
   * The capability of that name.
   *
   * @throws IllegalArgumentException if the name is no {@link Identifier}
   */
  public static Capability of(String name) {
    return new Capability(new Identifier(name));
  }

  @Override
  public int compareTo(Capability other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name.value();
  }
}
