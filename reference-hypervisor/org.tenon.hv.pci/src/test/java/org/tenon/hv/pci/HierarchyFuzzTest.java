package org.tenon.hv.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A hostile guest before a whole PCI hierarchy: functions, root ports, and cards that come and go;
 * docs/how-to/fuzz.md says how to run it.
 */
class HierarchyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void hierarchy(byte[] input) {
    var _ = HierarchyProgram.run(input);
  }

  @Test
  void seeded() {
    Random random = new Random(20261122);
    int answered = 0;
    for (int i = 0; i < 300; i++) {
      byte[] input = new byte[random.nextInt(800)];
      random.nextBytes(input);
      answered += HierarchyProgram.run(input);
    }
    assertThat(answered).as("cards were reached through their ports").isGreaterThan(100);
  }
}
