package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/**
 * The unmodified Debian kernel that {@code tenon guest fetch} gets. Takes minutes, so it runs only
 * where {@code -Dtenon.guest=FOLDER} names a folder with {@code vmlinuz} and {@code
 * initramfs.cpio.gz}; elsewhere it is reported as skipped, with the reason.
 */
class DebianBootTest {
  private final StringBuilder console = new StringBuilder();

  private Outcome boot(int processors, String command) throws IOException, BootException {
    String folder = System.getProperty("tenon.guest", "");
    Assumptions.assumeFalse(
        folder.isEmpty(),
        "no guest named: run 'tenon guest fetch' and the tests with -Dtenon.guest=FOLDER");
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            processors,
            256 << 20,
            ClockMode.VIRTUAL,
            ByteBuffer.wrap(Files.readAllBytes(Path.of(folder, "vmlinuz"))),
            ByteBuffer.wrap(Files.readAllBytes(Path.of(folder, "initramfs.cpio.gz"))),
            "console=ttyS0 panic=-1 oops=panic tenon.exec=" + command,
            value -> console.append((char) value),
            Trace.OFF);
    try (Machine machine = new Machine(config)) {
      return machine.run();
    }
  }

  @Test
  void oneProcessorReachesUserSpaceAndPowersOff() throws IOException, BootException {
    Outcome outcome = boot(1, "echo Tenon | sha256sum; awk 'BEGIN { print 22 / 7 }'");
    assertThat(console)
        .contains("1a66929274b3a5fd8c6753269700829fb7e4a0ec569b352b6b42b82d42194ea3")
        .contains("3.14286")
        .contains("tenon-guest: exit 0");
    assertThat(console).doesNotContain("WARNING:").doesNotContain("BUG:").doesNotContain("Oops");
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.POWER_OFF);
  }

  @Test
  void fourProcessorsComeUp() throws IOException, BootException {
    Outcome outcome = boot(4, "nproc");
    assertThat(console)
        .contains("Brought up 1 node, 4 CPUs")
        .contains("up, 4 processor(s)")
        .contains("tenon-guest: exit 0");
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.POWER_OFF);
  }
}
