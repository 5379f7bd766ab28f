package org.tenon.hv.machine.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.Outcome;
import org.tenon.hv.machine.Trace;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/** The same cases on the simulator and on QEMU; what they print must agree, case by case. */
@Timeout(180)
class ProcessorDifferenceTest {
  private static final long MEMORY = 32 << 20;

  @TempDir private Path directory;

  @Test
  void longMode() throws BootException {
    compare("long", new LongModeDifferences(), 5_000);
  }

  @Test
  void protectedMode() throws BootException {
    compare("protected", new ProtectedModeDifferences(), 500);
  }

  private void compare(String name, QemuDifferences differences, int least) throws BootException {
    Image image = Image.build(name, directory);
    List<String> peer = Qemu.run(image).lines().toList();
    Map<String, String> expected = items(differences.amend(peer));
    Map<String, String> actual = items(simulate(image));
    List<String> failures = new ArrayList<>();
    expected.forEach((item, line) -> {
      if (!line.equals(actual.get(item))) {
        failures.add("%s%n  expected %s%n  actual   %s".formatted(item, line, actual.get(item)));
      }
    });
    assertThat(failures).isEmpty();
    assertThat(actual.keySet()).as("items").isEqualTo(expected.keySet()).hasSizeGreaterThan(least);
    assertThat(differences.unused()).as("rules without a difference").isEmpty();
  }

  private static List<String> simulate(Image image) throws BootException {
    StringBuilder text = new StringBuilder();
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            1,
            MEMORY,
            ClockMode.VIRTUAL,
            image.bytes(),
            ByteBuffer.allocate(0),
            "",
            value -> text.append((char) value),
            Trace.OFF);
    try (Machine machine = new Machine(config)) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.HALTED);
    }
    return text.toString().lines().toList();
  }

  /** Lines by what they tell about: a case, or a case and its item. */
  private static Map<String, String> items(List<String> lines) {
    Map<String, String> items = new LinkedHashMap<>();
    String name = "";
    for (String line : lines) {
      int colon = line.indexOf(':');
      boolean item = line.startsWith("  ");
      if (!item) {
        name = colon < 0 ? line : line.substring(0, colon);
      }
      String key = item ? name + line.substring(1, colon) : name;
      String previous = items.put(key, line.substring(colon + 1));
      assertThat(previous).as("two lines about %s", key).isNull();
    }
    assertThat(name).as("the last line").isEqualTo("END");
    return items;
  }
}
