package org.tenon.hv.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
  private final AddressSpace space = new AddressSpace("mmio", 1L << 32);
  private final List<String> calls = new ArrayList<>();

  /** Bytes of memory that note how they are accessed. */
  private final class Memory implements RegisterBlock {
    private final byte[] bytes;

    Memory(int length) {
      bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (0x10 + i);
      }
    }

    @Override
    public long read(int offset, int size) {
      calls.add("r%d@%d".formatted(size, offset));
      long value = 0;
      for (int i = 0; i < size; i++) {
        value |= (bytes[offset + i] & 0xffL) << (8 * i);
      }
      return value;
    }

    @Override
    public void write(int offset, int size, long value) {
      calls.add("w%d@%d=%x".formatted(size, offset, value));
      for (int i = 0; i < size; i++) {
        bytes[offset + i] = (byte) (value >>> (8 * i));
      }
    }
  }

  private void map(long base, int length, RegisterWidth width) {
    space.map(new Window("w" + base, base, length, width, new Memory(length)));
  }

  @Test
  void nobodyAnswersWithOnes() {
    assertThat(space.read(0x500, 1)).isEqualTo(0xff);
    assertThat(space.read(0x500, 4)).isEqualTo(0xffff_ffffL);
    assertThat(space.read(0x500, 8)).isEqualTo(-1);
    space.write(0x500, 4, 1);
  }

  @Test
  void wholeRegistersPassUnchanged() {
    map(0x100, 16, RegisterWidth.DWORD);
    assertThat(space.read(0x104, 4)).isEqualTo(0x17161514);
    space.write(0x108, 4, 0xcafebabeL);
    assertThat(calls).containsExactly("r4@4", "w4@8=cafebabe");
  }

  @Test
  void wideAccessToByteRegistersIsSplitLowestFirst() {
    map(0x40, 4, RegisterWidth.BYTE);
    assertThat(space.read(0x40, 4)).isEqualTo(0x13121110);
    space.write(0x42, 2, 0xbbaa);
    assertThat(calls).containsExactly("r1@0", "r1@1", "r1@2", "r1@3", "w1@2=aa", "w1@3=bb");
  }

  @Test
  void narrowAccessToWideRegisterTakesAPartAndMerges() {
    map(0x100, 8, RegisterWidth.DWORD);
    assertThat(space.read(0x106, 2)).isEqualTo(0x1716);
    space.write(0x105, 1, 0xee);
    assertThat(calls).containsExactly("r4@4", "r4@4", "w4@4=1716ee14");
  }

  @Test
  void accessAcrossRegistersOrWindowsIsSplitIntoBytes() {
    map(0x100, 4, RegisterWidth.WORD);
    assertThat(space.read(0x101, 2)).isEqualTo(0x1211);
    assertThat(space.read(0x102, 4)).isEqualTo(0xffff1312L);
    assertThat(space.read(0xfe, 4)).isEqualTo(0x1110ffffL);
  }

  @Test
  void eightBytesReachDoublewordsInTurn() {
    map(0, 16, RegisterWidth.DWORD);
    assertThat(space.read(8, 8)).isEqualTo(0x1f1e1d1c1b1a1918L);
    assertThat(calls).containsExactly("r4@8", "r4@12");
  }

  @Test
  void overlapAndExcessAreWiringFaults() {
    map(0x100, 16, RegisterWidth.BYTE);
    assertThatThrownBy(() -> map(0x10f, 1, RegisterWidth.BYTE)).hasMessageContaining("overlaps");
    assertThatThrownBy(() -> map((1L << 32) - 1, 2, RegisterWidth.BYTE))
        .hasMessageContaining("beyond");
  }

  @Test
  void anUnmappedWindowIsGone() {
    Window window = new Window("bar", 0x100, 4, RegisterWidth.ANY, new Memory(4));
    space.map(window);
    assertThat(space.read(0x100, 1)).isEqualTo(0x10);
    space.unmap(window);
    assertThat(space.read(0x100, 1)).isEqualTo(0xff);
  }

  /**
   * Whatever the width, address and size, memory behind a window behaves as memory, byte for byte.
   */
  @Test
  void anyAccessBehavesAsBytes() {
    int length = 32;
    for (RegisterWidth width : RegisterWidth.values()) {
      AddressSpace bytes = new AddressSpace("mmio", 1L << 32);
      bytes.map(new Window("m", 0x1000, length, width, new Memory(length)));
      byte[] model = new byte[length];
      for (int i = 0; i < length; i++) {
        model[i] = (byte) (0x10 + i);
      }
      Random random = new Random(1);
      for (int round = 0; round < 5_000; round++) {
        int size = 1 << random.nextInt(4);
        int at = random.nextInt(length + 16) - 8;
        if (random.nextBoolean()) {
          long value = random.nextLong();
          bytes.write(0x1000 + at, size, value);
          for (int i = 0; i < size; i++) {
            if (at + i >= 0 && at + i < length) {
              model[at + i] = (byte) (value >>> (8 * i));
            }
          }
        } else {
          long expected = 0;
          for (int i = 0; i < size; i++) {
            boolean inside = at + i >= 0 && at + i < length;
            expected |= (inside ? model[at + i] & 0xffL : 0xff) << (8 * i);
          }
          assertThat(bytes.read(0x1000 + at, size))
              .as("%s %d@%d", width, size, at)
              .isEqualTo(expected);
        }
      }
    }
  }
}
