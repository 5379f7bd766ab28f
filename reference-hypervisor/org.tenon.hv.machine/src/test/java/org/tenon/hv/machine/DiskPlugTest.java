package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;

/** Disks in their slots, as a guest finds them. */
class DiskPlugTest {
  private final Machine machine = machine();

  private static Machine machine() {
    try {
      return new Machine(
          new MachineConfig(
              MachineType.of(MachineType.CURRENT),
              new SimEngine(),
              2,
              64 << 20,
              ClockMode.VIRTUAL,
              new BareProgram().powerOff().kernel(),
              ByteBuffer.allocate(0),
              "",
              value -> {},
              Trace.OFF));
    } catch (BootException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private static DiskConfig disk(DiskModel model, boolean refuses) {
    try {
      return new DiskConfig(model, new NullDisk(refuses), Config.of(List.of(), Map.of()));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** The first 256 bytes of each function, a line for each register that is not 0. */
  private String configSpaces() {
    StringBuilder text = new StringBuilder();
    for (int place = 0; place < 5 * 32; place++) {
      for (int register = 0; register < 256; register += 4) {
        machine.board().ports().write(0xcf8, 4, 0x80000000L | place << 11 | register);
        long value = machine.board().ports().read(0xcfc, 4);
        if (register == 0 && value == 0xffffffffL) {
          break;
        }
        if (value != 0) {
          text.append(
              "%02x:%02x.0 %02x: %08x%n".formatted(place / 32, place % 32, register, value));
        }
      }
    }
    return text.toString();
  }

  /**
   * The virtual hardware never changes once released; see MachineTypeTest. (Before the first
   * release, the text of the failure replaces the golden file.)
   */
  @Test
  void configurationSpacesAreTheGoldenOnes() throws IOException, AttachException {
    machine.plug(disk(DiskModel.VIRTIO, false));
    machine.plug(disk(DiskModel.NVME, false));
    machine.plug(disk(DiskModel.VIRTIO, false), SlotKind.HOT_PLUG);
    machine.plug(disk(DiskModel.NVME, false), SlotKind.HOT_PLUG);
    try (InputStream in = DiskPlugTest.class.getResourceAsStream("config-spaces.golden.txt")) {
      byte[] golden = Objects.requireNonNull(in, "golden file").readAllBytes();
      assertThat(configSpaces()).isEqualTo(new String(golden, StandardCharsets.UTF_8));
    }
  }

  @Test
  void aDriverThatRefusesTakesNoSlot() throws AttachException {
    assertThatThrownBy(() -> machine.plug(disk(DiskModel.VIRTIO, true)))
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("the storage is locked");
    assertThat(configSpaces()).doesNotContain("00:01.0 ");
    machine.plug(disk(DiskModel.NVME, false));
    assertThat(configSpaces()).contains("00:01.0 00: 00101b36");
  }

  @Test
  void slotsEnd() throws AttachException {
    for (int i = 0; i < 27; i++) {
      machine.plug(disk(DiskModel.VIRTIO, false));
    }
    assertThatThrownBy(() -> machine.plug(disk(DiskModel.VIRTIO, false)))
        .hasMessage("a machine of type tenon-1.0 has room for 27 devices");
  }

  @Test
  void disksArePluggedBeforeTheMachineRuns() throws AttachException {
    machine.plug(disk(DiskModel.VIRTIO, false));
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    assertThatThrownBy(() -> machine.plug(disk(DiskModel.VIRTIO, false), SlotKind.FIXED))
        .hasMessageContaining("before the machine runs");
  }
}
