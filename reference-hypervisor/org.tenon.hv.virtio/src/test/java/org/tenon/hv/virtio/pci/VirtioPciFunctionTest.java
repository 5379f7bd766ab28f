package org.tenon.hv.virtio.pci;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.GuestRing;

/** A guest's driver that knows nothing but configuration space and the BARs it finds there. */
class VirtioPciFunctionTest {
  private static final int MSIX = 0x11;
  private static final int VENDOR = 9;
  private static final int STATUS = 0x14;

  private final PciRig rig = new PciRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private List<Integer> capabilities(int id) {
    List<Integer> found = new ArrayList<>();
    for (int at = rig.config(0x34, 1); at != 0; at = rig.config(at + 1, 1)) {
      if (rig.config(at, 1) == id) {
        found.add(at);
      }
      assertThat(found).hasSizeLessThan(48);
    }
    return found;
  }

  private void enableFunction() {
    rig.config(4, 2, 6);
  }

  private void enableMessages() {
    for (int vector = 0; vector < 2; vector++) {
      rig.mmio.write(PciRig.VECTORS + 16L * vector, 4, 0xfee00000L);
      rig.mmio.write(PciRig.VECTORS + 16L * vector + 8, 4, 0x40 + vector);
      rig.mmio.write(PciRig.VECTORS + 16L * vector + 12, 4, 0);
    }
    rig.config(capabilities(MSIX).getFirst() + 2, 2, 0x8000);
  }

  /** 3.1.1, with the fields and widths of 4.1.4.3. */
  private GuestRing bringUp(boolean messages) {
    enableFunction();
    rig.common(STATUS, 1, 0);
    rig.common(STATUS, 1, 1);
    rig.common(STATUS, 1, 3);
    rig.common(0x00, 4, 1);
    assertThat(rig.common(0x04, 4) & 1).as("VERSION_1").isEqualTo(1);
    rig.common(0x08, 4, 1);
    rig.common(0x0c, 4, 1);
    rig.common(0x08, 4, 0);
    rig.common(0x0c, 4, 0);
    rig.common(STATUS, 1, 0xb);
    assertThat(rig.common(STATUS, 1)).isEqualTo(0xb);
    if (messages) {
      enableMessages();
      rig.common(0x10, 2, 0);
      assertThat(rig.common(0x10, 2)).isZero();
    }
    GuestRing ring = GuestRing.of(false, rig.ram, 8, false, 0x10000);
    rig.common(0x16, 2, 0);
    rig.common(0x18, 2, 8);
    if (messages) {
      rig.common(0x1a, 2, 1);
      assertThat(rig.common(0x1a, 2)).isEqualTo(1);
    }
    rig.common(0x20, 4, ring.table());
    rig.common(0x24, 4, 0);
    rig.common(0x28, 8, ring.driverArea());
    rig.common(0x30, 4, ring.deviceArea());
    assertThat(rig.common(0x30, 8)).isEqualTo(ring.deviceArea());
    rig.common(0x1c, 2, 1);
    assertThat(rig.common(0x1c, 2)).isEqualTo(1);
    rig.common(STATUS, 1, 0xf);
    assertThat(rig.common(STATUS, 1)).isEqualTo(0xf);
    return ring;
  }

  private void send(GuestRing ring, int type, long sector) {
    rig.ram.set(JAVA_INT_UNALIGNED, 0x20000, type);
    rig.ram.set(JAVA_LONG_UNALIGNED, 0x20008, sector);
    rig.ram.set(JAVA_BYTE, 0x22000, (byte) 0xee);
    ring.add(
        List.of(
            new GuestRing.Element(0x20000, 16, false),
            new GuestRing.Element(0x21000, 512, type == 0),
            new GuestRing.Element(0x22000, 1, true)),
        3);
    long notifyOffset = rig.common(0x1e, 2) * 4;
    rig.mmio.write(PciRig.REGIONS + Region.NOTIFY.offset() + notifyOffset, 2, 0);
  }

  private void expectDone(GuestRing ring) {
    rig.settle();
    assertThat(Objects.requireNonNull(ring.takeUsed()).id()).isNotNegative();
    assertThat(rig.ram.get(JAVA_BYTE, 0x22000)).isZero();
  }

  @Test
  void capabilitiesSayWhereTheRegionsAre() {
    List<Integer> types = new ArrayList<>();
    for (int at : capabilities(VENDOR)) {
      int type = rig.config(at + 3, 1);
      types.add(type);
      if (type != 5) {
        assertThat(rig.config(at + 4, 1)).as("BAR").isZero();
        int end = rig.config(at + 8, 4) + rig.config(at + 12, 4);
        assertThat(end).isBetween(1, 4 * Region.PAGE);
        assertThat(rig.config(at + 2, 1)).isEqualTo(type == 2 ? 20 : 16);
      }
      if (type == 2) {
        assertThat(rig.config(at + 16, 4)).as("multiplier").isEqualTo(4);
      }
    }
    assertThat(types).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
  }

  @Test
  void requestsGoThroughAndInterruptByMessage() {
    GuestRing ring = bringUp(true);
    byte[] block = new byte[512];
    new Random(3).nextBytes(block);
    for (int i = 0; i < 512; i++) {
      rig.ram.set(JAVA_BYTE, 0x21000 + i, block[i]);
    }
    send(ring, 1, 7);
    expectDone(ring);
    assertThat(Arrays.copyOfRange(rig.disk.bytes, 7 * 512, 8 * 512)).isEqualTo(block);
    assertThat(rig.messages).containsExactly("fee00000:41");

    rig.ram.asSlice(0x21000, 512).fill((byte) 0);
    send(ring, 0, 7);
    expectDone(ring);
    assertThat(rig.ram.asSlice(0x21000, 512).toArray(JAVA_BYTE)).isEqualTo(block);
    assertThat(rig.messages).hasSize(2);
    assertThat(rig.wire).isFalse();
  }

  @Test
  void withoutMessagesTheWireRisesAndTheIsrStatusLowersIt() {
    GuestRing ring = bringUp(false);
    send(ring, 0, 0);
    expectDone(ring);
    assertThat(rig.wire).isTrue();
    assertThat(rig.messages).isEmpty();
    long isr = PciRig.REGIONS + Region.ISR.offset();
    assertThat(rig.mmio.read(isr, 1)).isEqualTo(1);
    assertThat(rig.wire).isFalse();
    assertThat(rig.mmio.read(isr, 1)).isZero();
  }

  @Test
  void aBrokenRingIsReportedAsAConfigurationChange() {
    GuestRing ring = bringUp(true);
    ring.add(List.of(new GuestRing.Element(1L << 40, 16, false)), 1);
    rig.mmio.write(PciRig.REGIONS + Region.NOTIFY.offset(), 2, 0);
    rig.settle();
    assertThat(rig.common(STATUS, 1) & 64).as("DEVICE_NEEDS_RESET").isEqualTo(64);
    assertThat(rig.messages).containsExactly("fee00000:40");
  }

  @Test
  void aResetForgetsWhatTheDriverChose() {
    bringUp(true);
    int before = rig.resets;
    rig.common(STATUS, 1, 0);
    assertThat(rig.common(STATUS, 1)).isZero();
    assertThat(rig.resets).isEqualTo(before + 1);
    assertThat(rig.common(0x10, 2)).as("no vector").isEqualTo(0xffff);
    assertThat(rig.common(0x1a, 2)).isEqualTo(0xffff);
    assertThat(rig.common(0x1c, 2)).as("not enabled").isZero();
    assertThat(rig.common(0x18, 2)).as("the largest size").isEqualTo(16);
    assertThat(rig.common(0x20, 8)).isZero();
    assertThat(rig.common(0x0c, 4)).isZero();
  }

  @Test
  void whatDoesNotExistReadsAsNothing() {
    enableFunction();
    rig.common(0x10, 2, 2);
    assertThat(rig.common(0x10, 2)).as("two vectors, 0 and 1").isEqualTo(0xffff);
    rig.common(0x16, 2, 9);
    assertThat(rig.common(0x18, 2)).as("no such queue").isZero();
    rig.common(0x1a, 2, 0);
    assertThat(rig.common(0x1a, 2)).isEqualTo(0xffff);
    rig.common(0x00, 4, 2);
    assertThat(rig.common(0x04, 4)).as("features from 64 on").isZero();
    rig.common(STATUS, 4, 1);
    assertThat(rig.common(STATUS, 1)).as("not the field's width").isZero();
  }

  @Test
  void theBarCanBeReachedByConfigurationAccessesAlone() {
    int at =
        capabilities(VENDOR).stream()
            .filter(c -> rig.config(c + 3, 1) == 5)
            .findFirst()
            .orElseThrow();
    rig.config(at + 4, 1, 0);
    rig.config(at + 8, 4, Region.COMMON.offset() + STATUS);
    rig.config(at + 12, 4, 1);
    rig.config(at + 16, 1, 3);
    assertThat(rig.config(at + 16, 1)).isEqualTo(3);
    rig.config(at + 8, 4, Region.DEVICE.offset());
    rig.config(at + 12, 4, 4);
    assertThat(rig.config(at + 16, 4)).as("capacity in sectors").isEqualTo(1024);
    rig.config(at + 12, 4, 3);
    assertThat(rig.config(at + 16, 4)).as("no access has three bytes").isZero();
    rig.config(at + 12, 4, 4);
    rig.config(at + 8, 4, 4 * Region.PAGE - 2);
    assertThat(rig.config(at + 16, 4)).as("outside").isZero();
  }
}
