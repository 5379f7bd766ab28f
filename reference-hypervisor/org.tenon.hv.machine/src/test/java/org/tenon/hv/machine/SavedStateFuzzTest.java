package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;

/**
 * Saved machines whose state somebody has changed, checksums and all: each is refused in one line,
 * or is a machine, which then runs. {@code mvn verify} plays a seeded run; the fuzzer itself runs
 * with JAZZER_FUZZ=1 (docs/how-to/fuzz.md).
 */
@Timeout(600)
class SavedStateFuzzTest {
  private static final int PREFIX = 16;
  private static final long A_WHILE = 400_000;

  @TempDir private Path folder;

  /** A kind of machine. */
  private interface Subject {
    byte[] saved() throws Exception;

    Machine restore(Path file) throws Exception;
  }

  private static Subject disks() {
    SavedDisks disks = new SavedDisks();
    return new Subject() {
      @Override
      public byte[] saved() throws Exception {
        return disks.inFlight();
      }

      @Override
      public Machine restore(Path file) throws Exception {
        return disks.restore(file, ClockMode.VIRTUAL);
      }
    };
  }

  private static Subject devices(Path folder) {
    SavedDevices devices = new SavedDevices(folder);
    return new Subject() {
      @Override
      public byte[] saved() throws Exception {
        return devices.inFlight();
      }

      @Override
      public Machine restore(Path file) throws Exception {
        return devices.restore(file, ClockMode.VIRTUAL);
      }
    };
  }

  @FuzzTest(maxDuration = "10m")
  void state(byte[] input) throws Exception {
    change(disks(), input);
  }

  @FuzzTest(maxDuration = "10m")
  void stateOfOtherDevices(byte[] input) throws Exception {
    change(devices(folder), input);
  }

  private static void change(Subject subject, byte[] input) throws Exception {
    byte[] file = subject.saved();
    byte[] state = Arrays.copyOfRange(file, PREFIX + 4, PREFIX + 4 + stateLength(file));
    // Pairs of a place and a byte; what is left over is cut off the end.
    ByteBuffer changes = ByteBuffer.wrap(input);
    while (changes.remaining() >= 3) {
      int place = changes.getShort() & 0xffff;
      state[place % state.length] = changes.get();
    }
    play(subject, withState(file, Arrays.copyOf(state, state.length - changes.remaining())));
  }

  private static int stateLength(byte[] file) {
    return ByteBuffer.wrap(file).getInt(PREFIX);
  }

  /** The file with other records, and checksums that fit. */
  private static byte[] withState(byte[] file, byte[] state) {
    int headLength = ByteBuffer.wrap(file).getInt(8);
    int runs = PREFIX + 4 + stateLength(file);
    int ram = pageAfter(PREFIX + headLength);
    int length = headLength - stateLength(file) + state.length;
    ByteBuffer out = ByteBuffer.allocate(pageAfter(PREFIX + length) + file.length - ram);
    out.put(file, 0, 8).putInt(length).putInt(0).putInt(state.length).put(state);
    out.put(file, runs, PREFIX + headLength - runs);
    CRC32C sum = new CRC32C();
    sum.update(out.array(), PREFIX, length);
    out.putInt(12, (int) sum.getValue());
    out.position(pageAfter(PREFIX + length)).put(file, ram, file.length - ram);
    return out.array();
  }

  private static int pageAfter(int position) {
    return (position + 4095) & -4096;
  }

  /** Whether it was a machine. */
  private static boolean play(Subject subject, byte[] bytes) throws Exception {
    Path file = Files.createTempFile("saved", ".tenon");
    try {
      Files.write(file, bytes);
      try (Machine machine = subject.restore(file)) {
        machine.stopAt(machine.statistics().machineNanos() + A_WHILE);
        assertThat(machine.run()).isNotNull();
        return true;
      }
    } catch (StateException | AttachException e) {
      assertThat(String.valueOf(e.getMessage())).isNotBlank().doesNotContain("\n");
      return false;
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void seeded() throws Exception {
    play(disks(), 400);
  }

  @Test
  void seededWithOtherDevices() throws Exception {
    play(devices(folder), 300);
  }

  private static void play(Subject subject, int usual) throws Exception {
    Random random = new Random(Long.getLong("tenon.fuzz.seed", 20261122));
    int files = Integer.getInteger("tenon.fuzz.files", usual);
    byte[] whole = subject.saved();
    int length = stateLength(whole);
    int machines = 0;
    for (int k = 0; k < files; k++) {
      byte[] state = Arrays.copyOfRange(whole, PREFIX + 4, PREFIX + 4 + length);
      for (int change = random.nextInt(4); change >= 0; change--) {
        int at = random.nextInt(length);
        state[at] =
            random.nextBoolean()
                ? (byte) (state[at] ^ 1 << random.nextInt(8))
                : (byte) random.nextInt();
      }
      int kept = random.nextInt(10) == 0 ? random.nextInt(length) : length;
      machines += play(subject, withState(whole, Arrays.copyOf(state, kept))) ? 1 : 0;
    }
    assertThat(machines).as("some changes are harmless").isBetween(1, files - 1);
  }
}
