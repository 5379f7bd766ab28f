package org.tenon.kit.testing.wire;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.tenon.api.Stability;

/**
 * A card whose plug leads back into it; needs nothing.
 *
 * @param settings the driver's settings, the same for every wire
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record LoopbackWiring(Map<String, String> settings) implements Wiring {
  /** Copies the settings. */
  public LoopbackWiring {
    settings = Map.copyOf(settings);
  }

  @Override
  public String title() {
    return "loopback plug";
  }

  @Override
  public Set<Wire.Ability> abilities() {
    return Set.of(Wire.Ability.LOOPS);
  }

  @Override
  public Wire lay(Path folder) {
    return new Plug(settings);
  }

  private record Plug(Map<String, String> settings) implements Wire {
    @Override
    public void close() {}
  }
}
