package org.tenon.kit.testing.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.tenon.api.Stability;

/** Makes wires of one kind. Keeps no state. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Wiring {
  /** What it is, for the report, such as {@code loopback plug}. */
  String title();

  /** What each of its wires can do. */
  Set<Wire.Ability> abilities();

  /**
   * Lays a wire. No driver is on it yet.
   *
   * @param folder where its files go; belongs to the caller
   * @throws IOException if it cannot be laid; the message says what is missing
   */
  Wire lay(Path folder) throws IOException;
}
