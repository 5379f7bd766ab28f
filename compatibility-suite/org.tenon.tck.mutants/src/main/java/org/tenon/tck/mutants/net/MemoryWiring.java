package org.tenon.tck.mutants.net;

import java.nio.file.Path;
import java.util.Set;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.kit.testing.wire.Wiring;

/** Lays {@link MemoryWire}s. */
public final class MemoryWiring implements Wiring {
  private final boolean loops;

  private MemoryWiring(boolean loops) {
    this.loops = loops;
  }

  /** Whose other end the test holds. */
  public static MemoryWiring held() {
    return new MemoryWiring(false);
  }

  /** Which bring back what is sent. */
  public static MemoryWiring looping() {
    return new MemoryWiring(true);
  }

  @Override
  public String title() {
    return loops ? "loop in memory" : "wire in memory";
  }

  @Override
  public Set<Wire.Ability> abilities() {
    return loops
        ? Set.of(Wire.Ability.LOOPS)
        : Set.of(
            Wire.Ability.OBSERVES,
            Wire.Ability.INJECTS,
            Wire.Ability.INJECTS_TOO_LONG,
            Wire.Ability.CHANGES_LINK);
  }

  @Override
  public Wire lay(Path folder) {
    return new MemoryWire(loops);
  }
}
