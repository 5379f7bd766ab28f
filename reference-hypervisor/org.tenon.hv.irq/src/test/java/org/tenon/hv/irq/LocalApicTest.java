package org.tenon.hv.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateCodec;
import org.tenon.hv.bus.state.StateException;

/** Intel SDM volume 3, chapter 11. */
class LocalApicTest {
  private final ApicRig rig = new ApicRig(3).enabled();
  private final LocalApic apic = rig.apics.get(0);

  private void ipi(int from, int destination, int low) {
    rig.write(from, ApicRig.ICR_HIGH, (long) destination << 24);
    rig.write(from, ApicRig.ICR_LOW, low);
  }

  @Test
  void registersAfterPowerOn() {
    ApicRig fresh = new ApicRig(2);
    assertThat(fresh.read(1, 0x20)).isEqualTo(1 << 24);
    assertThat(fresh.read(0, 0x30)).isEqualTo(0x60014);
    assertThat(fresh.read(0, ApicRig.SVR)).isEqualTo(0xff);
    assertThat(fresh.read(0, 0xe0)).isEqualTo(0xffff_ffffL);
    assertThat(fresh.read(0, ApicRig.LVT_TIMER)).isEqualTo(0x10000);
    assertThat(fresh.apics.get(0).base()).isEqualTo(0xfee00900L);
    assertThat(fresh.apics.get(1).base()).isEqualTo(0xfee00800L);
  }

  @Test
  void theHighestVectorComesFirstAndBlocksItsClass() {
    ipi(0, 0, 0x41);
    ipi(0, 0, 0x58);
    ipi(0, 0, 0x52);
    assertThat(rig.take(0)).isEqualTo(0x58);
    assertThat(rig.take(0)).as("0x52 is of the class in service").isEqualTo(-1);
    rig.eoi(0);
    assertThat(rig.take(0)).isEqualTo(0x52);
    rig.eoi(0);
    assertThat(rig.take(0)).isEqualTo(0x41);
  }

  @Test
  void taskPriorityHoldsBackItsClassAndBelow() {
    ipi(0, 0, 0x45);
    rig.write(0, 0x80, 0x40);
    assertThat(rig.take(0)).isEqualTo(-1);
    assertThat(rig.read(0, 0xa0)).isEqualTo(0x40);
    rig.write(0, 0x80, 0x3f);
    assertThat(rig.take(0)).isEqualTo(0x45);
    assertThat(rig.read(0, 0xa0)).as("PPR is the class in service").isEqualTo(0x40);
  }

  @Test
  void irrAndIsrAreVisible() {
    ipi(0, 0, 0x62);
    assertThat(rig.read(0, 0x230)).isEqualTo(4);
    rig.take(0);
    assertThat(rig.read(0, 0x230)).isZero();
    assertThat(rig.read(0, 0x130)).isEqualTo(4);
  }

  @Test
  void shorthandsAndLogicalDestinations() {
    ipi(0, 0, 0xc0000 | 0x50);
    assertThat(rig.take(0)).isEqualTo(-1);
    assertThat(rig.take(1)).isEqualTo(0x50);
    assertThat(rig.take(2)).isEqualTo(0x50);
    ipi(1, 0, 0x40000 | 0x70);
    assertThat(rig.take(1)).isEqualTo(0x70);
    ipi(0, 0b110, 0x800 | 0x90);
    assertThat(rig.take(0)).isEqualTo(-1);
    assertThat(rig.take(1)).isEqualTo(0x90);
    assertThat(rig.take(2)).isEqualTo(0x90);
    ipi(0, 0xff, 0xa0);
    assertThat(rig.take(0)).isEqualTo(0xa0);
  }

  @Test
  void clusterModel() {
    for (int i = 0; i < 3; i++) {
      rig.write(i, 0xe0, 0x0fffffff);
      rig.write(i, 0xd0, (i == 2 ? 0x21L : 0x11L + i) << 24);
    }
    ipi(0, 0x13, 0x800 | 0x60);
    assertThat(rig.take(0)).isEqualTo(0x60);
    assertThat(rig.take(1)).isEqualTo(0x60);
    assertThat(rig.take(2)).isEqualTo(-1);
  }

  @Test
  void lowestPriorityGoesToOne() {
    rig.write(0, 0x80, 0x20);
    rig.write(2, 0x80, 0x10);
    rig.bus.send(0xfee07004L, 0x100 | 0x55);
    assertThat(rig.take(1)).isEqualTo(0x55);
    assertThat(rig.take(0)).isEqualTo(-1);
    assertThat(rig.take(2)).isEqualTo(-1);
  }

  @Test
  void initStartupAndNmiReachTheProcessor() {
    ipi(0, 1, 0x500 | 0x4000);
    ipi(0, 1, 0x500 | 0x8000);
    ipi(0, 1, 0x600 | 0x9a);
    ipi(0, 0, 0xc0400);
    assertThat(rig.signals).containsExactly("init1", "startup1@154", "nmi1", "nmi2");
  }

  @Test
  void illegalVectorsAreErrors() {
    rig.write(0, 0x370, 0xfe);
    ipi(0, 1, 0x0f);
    rig.write(0, 0x280, 0);
    assertThat(rig.read(0, 0x280)).isEqualTo(0x20);
    assertThat(rig.take(0)).isEqualTo(0xfe);
    rig.bus.send(0xfee01000L, 5);
    rig.write(1, 0x280, 0);
    assertThat(rig.read(1, 0x280)).isEqualTo(0x40);
  }

  @Test
  void aDisabledApicTakesNothingAndMasksItsTable() {
    rig.write(0, ApicRig.LVT_TIMER, 0x40);
    rig.write(0, ApicRig.SVR, 0xff);
    assertThat(rig.read(0, ApicRig.LVT_TIMER)).isEqualTo(0x10040);
    rig.write(0, ApicRig.LVT_TIMER, 0x41);
    assertThat(rig.read(0, ApicRig.LVT_TIMER)).isEqualTo(0x10041);
    ipi(1, 0, 0x50);
    assertThat(rig.take(0)).isEqualTo(-1);
  }

  @Test
  void oneShotTimerCountsDownAndRingsOnce() {
    rig.write(0, ApicRig.DIVIDE, 0x3);
    rig.write(0, ApicRig.LVT_TIMER, 0x40);
    rig.write(0, ApicRig.INITIAL_COUNT, 100);
    rig.at(800);
    assertThat(rig.read(0, ApicRig.CURRENT_COUNT)).isEqualTo(50);
    rig.at(1599);
    assertThat(rig.take(0)).isEqualTo(-1);
    rig.at(1600);
    assertThat(rig.take(0)).isEqualTo(0x40);
    assertThat(rig.read(0, ApicRig.CURRENT_COUNT)).isZero();
    rig.eoi(0);
    rig.at(100_000);
    assertThat(rig.take(0)).isEqualTo(-1);
  }

  @Test
  void periodicTimerKeepsItsPhase() {
    rig.write(0, ApicRig.DIVIDE, 0xb);
    rig.write(0, ApicRig.LVT_TIMER, 0x20040);
    rig.write(0, ApicRig.INITIAL_COUNT, 1000);
    for (int i = 1; i <= 5; i++) {
      rig.at(1000L * i + 3);
      assertThat(rig.take(0)).isEqualTo(0x40);
      rig.eoi(0);
      assertThat(rig.read(0, ApicRig.CURRENT_COUNT)).isEqualTo(997);
    }
    rig.write(0, ApicRig.INITIAL_COUNT, 0);
    rig.at(100_000);
    assertThat(rig.take(0)).isEqualTo(-1);
  }

  @Test
  void timerAtATimeStamp() {
    rig.write(0, ApicRig.LVT_TIMER, 0x40040);
    apic.writeTscDeadline(5000, 1000);
    assertThat(apic.tscDeadline()).isEqualTo(5000);
    rig.at(3999);
    assertThat(rig.take(0)).isEqualTo(-1);
    rig.at(4000);
    assertThat(rig.take(0)).isEqualTo(0x40);
    assertThat(apic.tscDeadline()).isZero();
    rig.eoi(0);
    apic.writeTscDeadline(1, 5000);
    rig.at(rig.now);
    assertThat(rig.take(0)).as("a time stamp that has passed rings at once").isEqualTo(0x40);
    rig.eoi(0);
    apic.writeTscDeadline(9000, 8000);
    rig.write(0, ApicRig.LVT_TIMER, 0x40);
    rig.at(1_000_000);
    assertThat(rig.take(0)).as("leaving the mode disarms").isEqualTo(-1);
  }

  @Test
  void timeStampsBeyondReachNeverRing() {
    rig.write(0, ApicRig.LVT_TIMER, 0x40040);
    apic.writeTscDeadline(-1, 0);
    apic.writeTscDeadline(Long.MAX_VALUE, 0);
    rig.at(Long.MAX_VALUE - 1);
    assertThat(rig.take(0)).isEqualTo(-1);
  }

  @Test
  void x2ApicModeIsReachedAndLeftAsTheManualSays() {
    assertThat(apic.canReadMsr(0x802)).isFalse();
    assertThat(apic.writeBase(apic.base() | 1 << 10)).isTrue();
    assertThat(apic.claims(0xfee00000L)).isFalse();
    assertThat(apic.writeBase(apic.base() & ~(1L << 10))).as("no way back to xAPIC").isFalse();
    assertThat(apic.writeBase(0xfee00100L)).isTrue();
    assertThat(apic.writeBase(0xfee00d00L)).as("not from disabled").isFalse();
    assertThat(apic.writeBase(0xfee00500L)).isFalse();
    assertThat(apic.writeBase(1L << 53)).isFalse();
  }

  @Test
  void x2ApicRegisters() {
    for (LocalApic each : rig.apics) {
      each.writeBase(each.base() | 1 << 10);
    }
    LocalApic second = rig.apics.get(1);
    assertThat(second.readMsr(0x802)).isEqualTo(1);
    assertThat(second.readMsr(0x80d)).isEqualTo(2);
    assertThat(apic.writeMsr(0x830, 1L << 32 | 0x77)).isTrue();
    assertThat(rig.take(1)).isEqualTo(0x77);
    assertThat(apic.readMsr(0x830)).isEqualTo(1L << 32 | 0x77);
    assertThat(apic.writeMsr(0x83f, 0x99)).isTrue();
    assertThat(rig.take(0)).isEqualTo(0x99);
    assertThat(apic.writeMsr(0x80b, 1)).as("only zero ends an interrupt").isFalse();
    assertThat(apic.writeMsr(0x802, 1)).isFalse();
    assertThat(apic.writeMsr(0x808, 1L << 32)).isFalse();
    assertThat(apic.canReadMsr(0x80e)).as("no DFR").isFalse();
    assertThat(apic.writeMsr(0x830, 0xffff_ffffL << 32 | 0xab)).isTrue();
    assertThat(rig.take(2)).isEqualTo(0xab);
  }

  @Test
  void externalInterruptsComeThroughLint0() {
    rig.externalVector = 0x33;
    apic.setLine(0, true);
    rig.apics.get(1).setLine(0, true);
    assertThat(rig.take(0))
        .as("the bootstrap processor begins in virtual wire mode")
        .isEqualTo(0x33);
    assertThat(rig.take(1)).isEqualTo(-1);
    rig.write(0, ApicRig.LVT_LINT0, 0x10700);
    assertThat(rig.take(0)).isEqualTo(-1);
    apic.writeBase(0xfee00100L);
    assertThat(rig.take(0)).as("a disabled APIC is transparent").isEqualTo(0x33);
  }

  @Test
  void savedStateGoesOn() throws StateException {
    rig.write(0, ApicRig.LVT_TIMER, 0x20040);
    rig.write(0, ApicRig.DIVIDE, 0xb);
    rig.write(0, ApicRig.INITIAL_COUNT, 500);
    ipi(1, 0, 0x61);
    rig.at(200);
    byte[] bytes = StateCodec.encode(apic.save());
    LocalApicState state = StateCodec.decode(LocalApicState.class, ByteBuffer.wrap(bytes));
    ApicRig other = new ApicRig(3);
    other.now = 200;
    other.apics.get(0).restore(state);
    assertThat(other.apics.get(0).save()).isEqualTo(state);
    assertThat(other.take(0)).isEqualTo(0x61);
    other.eoi(0);
    assertThat(other.read(0, ApicRig.CURRENT_COUNT)).isEqualTo(300);
    other.at(500);
    assertThat(other.take(0)).isEqualTo(0x40);
  }

  /**
   * Whatever a guest writes, nothing throws and each processor's state stays one that can be saved.
   */
  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(4);
    for (int i = 0; i < 50_000; i++) {
      int processor = random.nextInt(3);
      LocalApic target = rig.apics.get(processor);
      switch (random.nextInt(7)) {
        case 0 -> rig.read(processor, random.nextInt(1024) << 2);
        case 1 -> target.writeMsr(0x800 + random.nextInt(0x100), random.nextLong());
        case 2 ->
            target.writeBase(
                random.nextBoolean() ? random.nextLong() : 0xfee00000L | random.nextInt(16) << 8);
        case 3 -> target.writeTscDeadline(random.nextLong(), random.nextLong());
        case 4 -> rig.at(rig.now + random.nextInt(1000));
        case 5 -> {
          if (rig.take(processor) >= 0) {
            rig.eoi(processor);
          }
        }
        default -> rig.write(processor, random.nextInt(64) << 4, random.nextInt() & 0xffff_ffffL);
      }
      if (random.nextInt(50) == 0) {
        assertThat(StateCodec.encode(target.save())).isNotEmpty();
      }
    }
  }
}
