package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.ConfigException;

class HypervisorProbeTest {
  @Test
  void passes() throws BootException, AttachException, IOException, ConfigException {
    ProbedTenon tenon = new ProbedTenon(new SimEngine());
    java.nio.file.Files.writeString(java.nio.file.Path.of("/tmp/tenon.log"), tenon.log());
    assertThat(tenon.outcome().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
  }
}
