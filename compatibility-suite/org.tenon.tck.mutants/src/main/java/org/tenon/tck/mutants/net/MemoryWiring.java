package org.tenon.tck.mutants.net;

import java.nio.file.Path;
import java.util.Set;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.kit.testing.wire.Wiring;

/** Lays {@link MemoryWire}s. */
public final class MemoryWiring implements Wiring {
  /** For runs. */
  public MemoryWiring() {}

  @Override
  public String title() {
    return "wire in memory";
  }

  @Override
  public Set<Wire.Ability> abilities() {
    return Set.of(
        Wire.Ability.OBSERVES,
        Wire.Ability.INJECTS,
        Wire.Ability.INJECTS_TOO_LONG,
        Wire.Ability.CHANGES_LINK);
  }

  @Override
  public Wire lay(Path folder) {
    return new MemoryWire();
  }
}
