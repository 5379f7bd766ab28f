package org.tenon.hv.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.state.StateCodec;

/** The PC16550D data sheet. */
class Uart16550Test {
  private final Bench bench = new Bench();
  private final StringBuilder sent = new StringBuilder();
  private int ready;
  private final Uart16550 uart =
      new Uart16550(
          bench,
          new Uart16550.Peer() {
            @Override
            public void transmitted(int value) {
              sent.append((char) value);
            }

            @Override
            public void ready() {
              ready++;
            }
          });

  private void write(int register, int value) {
    uart.write(register, 1, value);
  }

  private int read(int register) {
    return (int) uart.read(register, 1);
  }

  @Test
  void transmitsAndIsAlwaysEmpty() {
    write(0, 'o');
    write(0, 'k');
    assertThat(sent).hasToString("ok");
    assertThat(read(5)).isEqualTo(0x60);
  }

  @Test
  void divisorIsBehindTheLatchBit() {
    write(3, 0x83);
    write(0, 1);
    write(1, 2);
    assertThat(read(0)).isEqualTo(1);
    assertThat(read(1)).isEqualTo(2);
    write(3, 3);
    assertThat(read(1)).isZero();
    assertThat(sent).isEmpty();
  }

  @Test
  void receivesInOrderAndRefusesWhenFull() {
    write(2, 1);
    for (int i = 0; i < 16; i++) {
      assertThat(uart.receive('a' + i)).isTrue();
    }
    assertThat(uart.receive('z')).isFalse();
    assertThat(read(5) & 1).isEqualTo(1);
    assertThat(ready).isZero();
    assertThat(read(0)).isEqualTo('a');
    assertThat(ready).isEqualTo(1);
    assertThat(uart.receive('z')).isTrue();
    for (int i = 1; i < 16; i++) {
      assertThat(read(0)).isEqualTo('a' + i);
    }
    assertThat(read(0)).isEqualTo('z');
    assertThat(read(5) & 1).isZero();
  }

  @Test
  void receiveInterruptByTriggerOrTimeout() {
    write(2, 0x41);
    write(4, 8);
    write(1, 1);
    uart.receive('x');
    assertThat(bench.line).isTrue();
    assertThat(read(2)).as("fewer than the trigger: character timeout").isEqualTo(0xcc);
    for (int i = 0; i < 3; i++) {
      uart.receive('x');
    }
    assertThat(read(2)).isEqualTo(0xc4);
    for (int i = 0; i < 4; i++) {
      read(0);
    }
    assertThat(bench.line).isFalse();
    assertThat(read(2)).isEqualTo(0xc1);
  }

  @Test
  void transmitterInterruptIsClearedByReadingItsCause() {
    write(4, 8);
    write(1, 2);
    assertThat(bench.line).isTrue();
    assertThat(read(2)).isEqualTo(2);
    assertThat(bench.line).isFalse();
    write(0, 'x');
    assertThat(bench.line).isTrue();
  }

  @Test
  void outTwoGatesTheInterrupt() {
    write(1, 2);
    assertThat(bench.line).isFalse();
    write(4, 8);
    assertThat(bench.line).isTrue();
  }

  @Test
  void loopbackReturnsDataAndModemLines() {
    write(4, 0x1a);
    assertThat(read(6) & 0xf0).as("RTS and OUT2 come back as CTS and DCD").isEqualTo(0x90);
    write(0, 'q');
    assertThat(read(0)).isEqualTo('q');
    assertThat(sent).isEmpty();
    assertThat(uart.receive('x')).isFalse();
    write(4, 0);
    assertThat(ready).isEqualTo(1);
    assertThat(read(6)).as("what changed").isEqualTo(0xb2);
    assertThat(read(6)).isEqualTo(0xb0);
  }

  @Test
  void overrunIsALineError() {
    write(4, 0x10);
    write(1, 4);
    write(0, 'a');
    write(0, 'b');
    assertThat(read(2)).isEqualTo(6);
    assertThat(read(5)).isEqualTo(0x63);
    assertThat(read(5)).isEqualTo(0x61);
  }

  @Test
  void savedStateIsTakenUp() {
    write(2, 1);
    write(1, 5);
    uart.receive('s');
    UartState state = uart.save();
    Uart16550 other =
        new Uart16550(
            bench,
            new Uart16550.Peer() {
              @Override
              public void transmitted(int value) {}

              @Override
              public void ready() {}
            });
    other.restore(state);
    assertThat(other.save()).isEqualTo(state);
    assertThat(other.read(0, 1)).isEqualTo('s');
  }

  @Test
  void anyAccessIsHarmless() {
    Random random = new Random(9);
    for (int i = 0; i < 30_000; i++) {
      switch (random.nextInt(3)) {
        case 0 -> write(random.nextInt(8), random.nextInt(256));
        case 1 -> assertThat(read(random.nextInt(8))).isBetween(0, 255);
        default -> uart.receive(random.nextInt(256));
      }
    }
    assertThat(StateCodec.encode(uart.save())).isNotEmpty();
  }
}
