package org.tenon.hv.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateCodec;

/** The 82093AA data sheet. */
class IoApicTest {
  private final ApicRig rig = new ApicRig(2).enabled();
  private final IoApic ioApic = rig.ioApic;

  private void select(int register, long value) {
    ioApic.write(0, 4, register);
    ioApic.write(0x10, 4, value);
  }

  private long selected(int register) {
    ioApic.write(0, 4, register);
    return ioApic.read(0x10, 4);
  }

  private void redirect(int pin, int destination, int low) {
    select(0x11 + 2 * pin, (long) destination << 24);
    select(0x10 + 2 * pin, low);
  }

  @Test
  void identity() {
    assertThat(selected(1)).isEqualTo(0x170020);
    select(0, 0x0500_0000);
    assertThat(selected(0)).isEqualTo(0x0500_0000);
    assertThat(selected(0x10)).as("masked after power-on").isEqualTo(0x10000);
    assertThat(selected(0x40)).isZero();
  }

  @Test
  void anEdgeDeliversOnce() {
    redirect(4, 1, 0x44);
    ioApic.setPin(4, true);
    ioApic.setPin(4, true);
    assertThat(rig.take(1)).isEqualTo(0x44);
    rig.eoi(1);
    assertThat(rig.take(1)).isEqualTo(-1);
    ioApic.setPin(4, false);
    ioApic.setPin(4, true);
    assertThat(rig.take(1)).isEqualTo(0x44);
  }

  @Test
  void anEdgeOnAMaskedPinIsLost() {
    redirect(4, 0, 0x10044);
    ioApic.setPin(4, true);
    redirect(4, 0, 0x44);
    assertThat(rig.take(0)).isEqualTo(-1);
  }

  @Test
  void aLevelComesBackUntilItsCauseIsGone() {
    redirect(9, 0, 0x8059);
    ioApic.setPin(9, true);
    assertThat(selected(0x10 + 18) & 0x4000).as("remote IRR").isEqualTo(0x4000);
    assertThat(rig.take(0)).isEqualTo(0x59);
    assertThat(rig.take(0)).isEqualTo(-1);
    rig.eoi(0);
    assertThat(rig.take(0)).isEqualTo(0x59);
    ioApic.setPin(9, false);
    rig.eoi(0);
    assertThat(rig.take(0)).isEqualTo(-1);
    assertThat(selected(0x10 + 18) & 0x4000).isZero();
  }

  @Test
  void aLevelOnAMaskedPinWaits() {
    redirect(9, 0, 0x18059);
    ioApic.setPin(9, true);
    assertThat(rig.take(0)).isEqualTo(-1);
    redirect(9, 0, 0x8059);
    assertThat(rig.take(0)).isEqualTo(0x59);
  }

  @Test
  void theEoiRegisterEndsAnInterruptToo() {
    redirect(9, 0, 0x8059);
    ioApic.setPin(9, true);
    ioApic.setPin(9, false);
    ioApic.write(0x40, 4, 0x59);
    assertThat(selected(0x10 + 18) & 0x4000).isZero();
  }

  @Test
  void logicalDestinations() {
    redirect(3, 0b11, 0x800 | 0x43);
    ioApic.setPin(3, true);
    assertThat(rig.take(0)).isEqualTo(0x43);
    assertThat(rig.take(1)).isEqualTo(0x43);
  }

  @Test
  void savedStateIsTakenUp() {
    redirect(9, 1, 0x8059);
    ioApic.setPin(9, true);
    IoApicState state = ioApic.save();
    ApicRig other = new ApicRig(2).enabled();
    other.ioApic.restore(state);
    assertThat(other.ioApic.save()).isEqualTo(state);
  }

  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(5);
    for (int i = 0; i < 50_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> select(random.nextInt(256), random.nextInt() & 0xffff_ffffL);
        case 1 -> selected(random.nextInt(256));
        case 2 -> ioApic.setPin(random.nextInt(IoApic.PINS), random.nextBoolean());
        default -> ioApic.write(random.nextInt(1024) << 2, 4, random.nextInt() & 0xffff_ffffL);
      }
    }
    assertThat(StateCodec.encode(ioApic.save())).isNotEmpty();
  }
}
