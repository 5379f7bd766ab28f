package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.hv.bus.AddressSpace;
import org.tenon.hv.bus.Window;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.PowerControl;
import org.tenon.hv.platform.Uart16550;

/** A guest that reads and writes at random, in and around every window of the board. */
class BoardFuzzTest {
  private int transmitted;
  private int powerRequests;

  private final MachineClock clock = new MachineClock(ClockMode.VIRTUAL);
  private final Board board =
      new Board(
          MachineType.of(MachineType.CURRENT),
          clock,
          1_767_225_600,
          new PowerControl() {
            @Override
            public void reset(String source) {
              powerRequests++;
            }

            @Override
            public void powerOff() {
              powerRequests++;
            }
          },
          new Uart16550.Peer() {
            @Override
            public void transmitted(int value) {
              transmitted++;
            }

            @Override
            public void ready() {}
          });

  @Test
  void noAccessEscapes() {
    Random random = new Random(11);
    for (int i = 0; i < 200_000; i++) {
      AddressSpace space = random.nextInt(4) == 0 ? board.mmio() : board.ports();
      List<Window> windows = space.windows();
      Window window = windows.get(random.nextInt(windows.size()));
      long reach = Math.min(window.length(), 4096) + 16;
      long address = Math.max(0, window.base() + random.nextLong(reach) - 8);
      int size = 1 << random.nextInt(space == board.ports() ? 3 : 4);
      if (random.nextBoolean()) {
        space.write(address, size, random.nextLong());
      } else {
        long value = space.read(address, size);
        assertThat(size == 8 || value >>> (8 * size) == 0)
            .as("%s %x", window.name(), address)
            .isTrue();
      }
      clock.advance(random.nextInt(20_000), 1);
      clock.ring();
    }
    assertThat(transmitted).as("the fuzzer reached the serial port").isPositive();
    assertThat(powerRequests).as("and power control").isPositive();
  }
}
