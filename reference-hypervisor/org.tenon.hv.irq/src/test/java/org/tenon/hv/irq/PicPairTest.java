package org.tenon.hv.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.state.StateCodec;

/** The 8259A data sheet, as two of them sit in a PC. */
class PicPairTest {
  private boolean output;
  private final PicPair pair = new PicPair(asserted -> output = asserted);
  private final RegisterBlock master = pair.masterPorts();
  private final RegisterBlock slave = pair.slavePorts();

  private void initialise(int masterMode, int slaveMode) {
    for (int word : new int[] {0x11, 0x20, 0x04, masterMode}) {
      master.write(word == 0x11 ? 0 : 1, 1, word);
    }
    for (int word : new int[] {0x11, 0x28, 0x02, slaveMode}) {
      slave.write(word == 0x11 ? 0 : 1, 1, word);
    }
    master.write(1, 1, 0);
    slave.write(1, 1, 0);
  }

  private void raise(int irq) {
    pair.setInput(irq, true);
  }

  private int take() {
    return output ? pair.acknowledge() : -1;
  }

  @Test
  void nothingPassesBeforeInitialisation() {
    raise(1);
    assertThat(output).isFalse();
  }

  @Test
  void lowerInputsComeFirst() {
    initialise(1, 1);
    raise(4);
    raise(1);
    assertThat(take()).isEqualTo(0x21);
    assertThat(take()).as("4 waits for 1").isEqualTo(-1);
    master.write(0, 1, 0x20);
    assertThat(take()).isEqualTo(0x24);
    master.write(0, 1, 0x64);
    assertThat(output).isFalse();
  }

  @Test
  void theSlaveComesThroughInputTwo() {
    initialise(1, 1);
    raise(12);
    assertThat(take()).isEqualTo(0x2c);
    master.write(0, 1, 0x0b);
    slave.write(0, 1, 0x0b);
    assertThat(master.read(0, 1)).isEqualTo(0x04);
    assertThat(slave.read(0, 1)).isEqualTo(0x10);
    slave.write(0, 1, 0x20);
    master.write(0, 1, 0x20);
    raise(3);
    assertThat(take()).isEqualTo(0x23);
  }

  @Test
  void masksHoldBackAndReadBack() {
    initialise(1, 1);
    master.write(1, 1, 0x10);
    raise(4);
    assertThat(output).isFalse();
    assertThat(master.read(1, 1)).isEqualTo(0x10);
    assertThat(master.read(0, 1)).as("IRR").isEqualTo(0x10);
    master.write(1, 1, 0);
    assertThat(take()).isEqualTo(0x24);
  }

  @Test
  void automaticEndOfInterrupt() {
    initialise(3, 1);
    raise(5);
    assertThat(take()).isEqualTo(0x25);
    raise(6);
    assertThat(take()).isEqualTo(0x26);
  }

  @Test
  void aWithdrawnLevelIsSpurious() {
    initialise(1, 1);
    pair.edgeLevelPorts().write(0, 1, 0x20);
    raise(5);
    pair.setInput(5, false);
    assertThat(output).isFalse();
    assertThat(pair.acknowledge()).isEqualTo(0x27);
    master.write(0, 1, 0x0b);
    assertThat(master.read(0, 1)).as("a spurious 7 is not in service").isZero();
  }

  @Test
  void levelsComeBackAndEdgesDoNot() {
    initialise(1, 1);
    pair.edgeLevelPorts().write(0, 1, 0xff);
    assertThat(pair.edgeLevelPorts().read(0, 1)).as("0, 1, 2 are edges for ever").isEqualTo(0xf8);
    raise(5);
    raise(1);
    assertThat(take()).isEqualTo(0x21);
    master.write(0, 1, 0x20);
    assertThat(take()).isEqualTo(0x25);
    master.write(0, 1, 0x20);
    assertThat(take()).isEqualTo(0x25);
  }

  @Test
  void rotationMakesTheServedInputLast() {
    initialise(1, 1);
    raise(0);
    assertThat(take()).isEqualTo(0x20);
    master.write(0, 1, 0xa0);
    pair.setInput(0, false);
    raise(0);
    raise(7);
    assertThat(take()).isEqualTo(0x27);
  }

  @Test
  void pollingAnswersAndAcknowledges() {
    initialise(1, 1);
    raise(6);
    master.write(0, 1, 0x0c);
    assertThat(master.read(0, 1)).isEqualTo(0x86);
    assertThat(output).isFalse();
    master.write(0, 1, 0x0c);
    assertThat(master.read(0, 1)).isZero();
  }

  @Test
  void specialMaskModeLetsLowerInputsThrough() {
    initialise(1, 1);
    raise(1);
    take();
    raise(4);
    assertThat(output).isFalse();
    master.write(1, 1, 0x02);
    master.write(0, 1, 0x68);
    assertThat(take()).isEqualTo(0x24);
  }

  @Test
  void savedStateIsTakenUp() {
    initialise(1, 1);
    raise(3);
    raise(10);
    take();
    PicState state = pair.save();
    PicPair other = new PicPair(IrqLine.UNCONNECTED);
    other.restore(state);
    assertThat(other.save()).isEqualTo(state);
  }

  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(6);
    for (int i = 0; i < 50_000; i++) {
      int irq = random.nextInt(16);
      switch (random.nextInt(5)) {
        case 0 -> pair.setInput(irq == 2 ? 3 : irq, random.nextBoolean());
        case 1 ->
            (random.nextBoolean() ? master : slave)
                .write(random.nextInt(2), 1, random.nextInt(256));
        case 2 -> (random.nextBoolean() ? master : slave).read(random.nextInt(2), 1);
        case 3 -> pair.edgeLevelPorts().write(random.nextInt(2), 1, random.nextInt(256));
        default -> take();
      }
    }
    assertThat(StateCodec.encode(pair.save())).isNotEmpty();
  }
}
