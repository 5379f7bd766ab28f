package org.tenon.kit.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockObserver;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.HarnessError;
import org.tenon.kit.testing.RamDisk;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.VirtualClock;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockOperation;

/**
 * Each injection does what it says to a driver that is right, and the checking host sees what it
 * must.
 */
class FaultyDriverTest {
  private static final byte[] DATA = random(4 * RamDisk.BLOCK);
  private static final Deadlines SHORT =
      new Deadlines(Duration.ofMillis(80), Duration.ofMillis(80));

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static BlockHarness.Builder with(FaultScript script) {
    return BlockHarness.of(new FaultyDriverFactory(RamDisk.factory(), script)).lenient();
  }

  private static List<String> faults(BlockHarness disk) {
    return disk.faults().stream().map(fault -> fault.clause() + " " + fault.kind().name()).toList();
  }

  @Test
  void withoutARuleNothingIsChanged() throws Exception {
    try (BlockHarness disk =
        BlockHarness.open(
            new FaultyDriverFactory(RamDisk.factory(), FaultScript.seeded(1)), Map.of())) {
      disk.write(0, DATA);
      assertThat(disk.read(0, 4)).isEqualTo(DATA);
    }
  }

  @Test
  void aDelayLastsAsLongAsTheClockSays() throws Exception {
    VirtualClock clock = new VirtualClock();
    FaultScript script =
        FaultScript.seeded(1).onRequest(1, new Injection.Delay(Duration.ofSeconds(5)));
    try (BlockHarness disk = with(script).clock(clock).open()) {
      Submission slow = disk.offer(0, List.of(disk.writing(0, DATA))).getFirst();
      clock.advance(Duration.ofMillis(4_999));
      assertThat(slow.isDone()).isFalse();
      clock.advance(Duration.ofMillis(1));
      assertThat(slow.await().isOk()).isTrue();
      assertThat(disk.faults()).isEmpty();
    }
  }

  @Test
  void aDelayedRequestCompletesBeforeQuiesceEnds() throws Exception {
    FaultScript script =
        FaultScript.seeded(1).onRequest(1, new Injection.Delay(Duration.ofDays(1)));
    BlockHarness disk = with(script).clock(new VirtualClock()).open();
    Submission slow = disk.offer(0, List.of(disk.writing(0, DATA))).getFirst();
    disk.quiesce();
    assertThat(slow.isDone()).isTrue();
    disk.close();
    assertThat(disk.faults()).isEmpty();
  }

  @Test
  void aFailureChangesNothingOnTheDevice() throws Exception {
    FaultScript script =
        FaultScript.seeded(1)
            .onOperation(BlockOperation.WRITE, 2, new Injection.Fail(Status.NO_SPACE));
    try (BlockHarness disk = with(script).open()) {
      disk.write(0, DATA);
      assertThat(disk.perform(disk.writing(0, new byte[RamDisk.BLOCK])).status())
          .isEqualTo(Status.NO_SPACE);
      assertThat(disk.read(0, 4)).isEqualTo(DATA);
    }
  }

  @Test
  void aDropIsSeenAsForgotten() throws Exception {
    BlockHarness disk =
        with(FaultScript.seeded(1).onRequest(1, new Injection.Drop())).deadlines(SHORT).open();
    assertThatThrownBy(() -> disk.perform(BlockRequest.flush())).isInstanceOf(HarnessError.class);
    disk.close();
    assertThat(faults(disk)).containsExactly("BLK-028 hung", "BLK-057 forgot");
  }

  @Test
  void aDuplicateIsSeenAsCompletedTwice() throws Exception {
    BlockHarness disk = with(FaultScript.seeded(1).onRequest(1, new Injection.Duplicate())).open();
    disk.flush();
    disk.close();
    assertThat(faults(disk)).containsExactly("BLK-028 completed-twice");
  }

  @Test
  void corruptionFlipsOneBitOnTheWayInOrOut() throws Exception {
    FaultScript script =
        FaultScript.seeded(3)
            .onOperation(BlockOperation.WRITE, 1, new Injection.Corrupt())
            .onOperation(BlockOperation.READ, 2, new Injection.Corrupt());
    try (BlockHarness disk = with(script).open()) {
      disk.write(0, DATA);
      byte[] written = disk.read(0, 4);
      assertThat(differentBits(DATA, written)).isEqualTo(1);
      assertThat(differentBits(written, disk.read(0, 4))).isEqualTo(1);
      assertThat(disk.read(0, 4)).isEqualTo(written);
      assertThat(disk.faults()).isEmpty();
    }
  }

  @Test
  void aTornWriteLosesItsTailAndClaimsToBeWhole() throws Exception {
    for (int kept = 0; kept <= 4; kept++) {
      FaultScript script =
          FaultScript.seeded(1).onOperation(BlockOperation.WRITE, 1, new Injection.Tear(kept));
      try (BlockHarness disk = with(script).open()) {
        disk.perform(disk.writing(8, DATA).segments(700, 1348));
        byte[] expected = DATA.clone();
        Arrays.fill(expected, kept * RamDisk.BLOCK, expected.length, (byte) 0);
        assertThat(disk.read(8, 4)).isEqualTo(expected);
        assertThat(disk.faults()).isEmpty();
      }
    }
  }

  @Test
  void aHangBlocksSubmitAndIsSeen() throws Exception {
    FaultScript script = FaultScript.seeded(1).onBlock(9, new Injection.Hang());
    BlockHarness[] opened = new BlockHarness[1];
    BlockObserver release =
        new BlockObserver() {
          @Override
          public void faultFound(Fault fault) {
            ((FaultyDriver) opened[0].driver()).release();
          }
        };
    BlockHarness disk = with(script).submitLimit(Duration.ofMillis(50)).observer(release).open();
    opened[0] = disk;
    assertThat(disk.perform(BlockRequest.read(8, 2)).isOk()).isTrue();
    disk.close();
    assertThat(faults(disk)).containsExactly("BLK-031 hung");
  }

  @Test
  void aThrowEscapesFromSubmitAndFromControlCalls() throws Exception {
    FaultScript script =
        FaultScript.seeded(1)
            .onRequest(1, new Injection.Throw())
            .onControl(FaultScript.Control.RESET, new Injection.Throw());
    BlockHarness disk = with(script).open();
    assertThatThrownBy(disk::flush).isInstanceOf(HarnessError.class);
    assertThatThrownBy(disk::reset)
        .isInstanceOf(HarnessError.class)
        .hasMessageContaining("an injected fault");
    disk.close();
    assertThat(faults(disk)).containsExactly("DRV-013 threw", "DRV-013 threw");
  }

  @Test
  void anExitEndsTheProcessAtOnce() throws Exception {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Exiting.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).as(said).isEqualTo(86);
  }

  /** A process whose driver ends it. */
  static final class Exiting {
    private Exiting() {}

    public static void main(String[] args) throws Exception {
      BlockHarness disk = with(FaultScript.seeded(1).onRequest(1, new Injection.Exit(86))).open();
      disk.flush();
    }
  }

  @Test
  void theSameSeedGivesTheSameFaults() throws Exception {
    assertThat(pattern(5))
        .isEqualTo(pattern(5))
        .isNotEqualTo(pattern(6))
        .contains(true)
        .contains(false);
  }

  private static List<Boolean> pattern(long seed) throws Exception {
    FaultScript script = FaultScript.seeded(seed).oneIn(4, new Injection.Fail(Status.IO_ERROR));
    List<Boolean> failed = new ArrayList<>();
    try (BlockHarness disk = with(script).open()) {
      for (int i = 0; i < 40; i++) {
        failed.add(!disk.perform(BlockRequest.read(i, 1)).isOk());
      }
    }
    return failed;
  }

  private static int differentBits(byte[] one, byte[] other) {
    int bits = 0;
    for (int i = 0; i < one.length; i++) {
      bits += Integer.bitCount((one[i] ^ other[i]) & 0xFF);
    }
    return bits;
  }
}
