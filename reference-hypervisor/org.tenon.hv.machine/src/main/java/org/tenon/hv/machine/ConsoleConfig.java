package org.tenon.hv.machine;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A console device.
 *
 * @param ports in the order of their numbers, which begin with 1
 */
public record ConsoleConfig(List<PortConfig> ports) implements VirtioConfig {
  /** Copies the list. */
  public ConsoleConfig {
    ports = List.copyOf(ports);
    if (ports.stream().map(PortConfig::name).distinct().count() < ports.size()) {
      throw new IllegalArgumentException("two ports have the same name");
    }
  }

  @Override
  public String identity() {
    return ports.stream().map(PortConfig::name).collect(Collectors.joining(", ", "ports ", ""));
  }
}
