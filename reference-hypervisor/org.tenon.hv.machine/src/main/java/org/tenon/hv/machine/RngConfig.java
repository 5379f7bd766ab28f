package org.tenon.hv.machine;

import java.util.OptionalLong;

/**
 * An entropy device.
 *
 * @param seed what its bytes follow from, the same in every run; empty for the host's own entropy
 */
public record RngConfig(OptionalLong seed) implements VirtioConfig {
  @Override
  public String identity() {
    return "rng";
  }
}
