package org.tenon.hv.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MSI through its six registers. */
class MsiTest {
  private static final int WHOLE = -1;
  private static final int ENABLE = 1 << 16;

  private final List<String> messages = new ArrayList<>();
  private final BusMaster master =
      new BusMaster((address, data) -> messages.add("%x:%x".formatted(address, data)));
  private final Msi msi = new Msi(4, master);

  @BeforeEach
  void setUp() {
    master.set(true);
    msi.write(4, 0xfee01003, WHOLE);
    msi.write(8, 0x2, WHOLE);
    msi.write(12, 0xabcd0043, WHOLE);
  }

  private void enable(int logOfVectors) {
    msi.write(0, ENABLE | logOfVectors << 20, WHOLE);
  }

  @Test
  void saysWhatItIs() {
    assertThat(msi.read(0) >>> 16).as("4 vectors, 64 bits, masking").isEqualTo(0x184);
    assertThat(msi.read(4)).as("whole words").isEqualTo(0xfee01000);
    assertThat(msi.read(12)).as("16 bits").isEqualTo(0x43);
    msi.write(16, -1, WHOLE);
    assertThat(msi.read(16)).as("a mask for each vector").isEqualTo(0xf);
    assertThatThrownBy(() -> new Msi(3, master)).hasMessageContaining("3 vectors");
    assertThatThrownBy(() -> new Msi(64, master)).hasMessageContaining("64 vectors");
  }

  @Test
  void theLowBitsOfTheDataSayWhichVector() {
    msi.signal(0);
    assertThat(messages).as("disabled").isEmpty();
    enable(2);
    msi.signal(0);
    msi.signal(3);
    msi.signal(-1);
    assertThat(messages).containsExactly("2fee01000:40", "2fee01000:43");
  }

  @Test
  void vectorsShareWhatTheGuestHasAllocated() {
    enable(0);
    msi.signal(3);
    enable(1);
    msi.signal(3);
    enable(7);
    msi.signal(7);
    assertThat(messages).containsExactly("2fee01000:43", "2fee01000:43", "2fee01000:43");
  }

  @Test
  void whatIsMaskedWaitsAndGoesOutOnce() {
    enable(2);
    msi.write(16, 0b0100, WHOLE);
    msi.signal(2);
    msi.signal(2);
    msi.signal(1);
    assertThat(messages).containsExactly("2fee01000:41");
    assertThat(msi.read(20)).isEqualTo(0b0100);
    msi.write(20, 0, WHOLE);
    assertThat(msi.read(20)).as("read-only").isEqualTo(0b0100);
    msi.write(16, 0, WHOLE);
    assertThat(messages).containsExactly("2fee01000:41", "2fee01000:42");
    assertThat(msi.read(20)).isZero();
  }

  @Test
  void withoutBusMasteringMessagesWait() {
    enable(2);
    master.set(false);
    msi.signal(1);
    assertThat(messages).isEmpty();
    master.set(true);
    assertThat(messages).containsExactly("2fee01000:41");
  }

  @Test
  void aResetForgetsEverything() {
    enable(2);
    msi.write(16, 1, WHOLE);
    msi.signal(0);
    msi.reset();
    assertThat(msi.isEnabled()).isFalse();
    for (int register = 4; register < 24; register += 4) {
      assertThat(msi.read(register)).isZero();
    }
    assertThat(messages).isEmpty();
  }
}
