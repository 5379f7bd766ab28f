package org.tenon.hv.app;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.RngConfig;
import org.tenon.hv.machine.VirtioConfig;
import picocli.CommandLine.Option;

/** The options of {@code tenon run} for virtio devices that need no partner's driver. */
final class VirtioOptions {
  @Option(
      names = "--rng",
      arity = "0..1",
      paramLabel = "seed=N",
      fallbackValue = "",
      description =
          "An entropy device. Under the virtual clock, or with a seed, its bytes are the same in"
              + " every run; else they are the host's.")
  private @Nullable String rng;

  /** Whether any was asked for. */
  boolean isEmpty() {
    return rng == null;
  }

  /** Plugs everything that was asked for into a machine that has not run yet. */
  void plugInto(Machine machine, ClockMode clock) throws InputException {
    for (VirtioConfig device : devices(clock)) {
      machine.plug(device);
    }
  }

  private List<VirtioConfig> devices(ClockMode clock) throws InputException {
    List<VirtioConfig> all = new ArrayList<>();
    if (rng != null) {
      all.add(rng(rng, clock));
    }
    return all;
  }

  private static RngConfig rng(String text, ClockMode clock) throws InputException {
    KeyValues given = KeyValues.parse("--rng", text, "seed=42");
    String seed = given.take("seed");
    given.end();
    if (seed == null) {
      return new RngConfig(clock == ClockMode.VIRTUAL ? OptionalLong.of(0) : OptionalLong.empty());
    }
    try {
      return new RngConfig(OptionalLong.of(Long.parseLong(seed)));
    } catch (NumberFormatException e) {
      throw given.wrong("'%s' is no 64-bit number".formatted(seed));
    }
  }
}
