package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.fault.FaultScript;
import org.tenon.kit.testing.fault.FaultyDriverFactory;
import org.tenon.kit.testing.fault.Injection;
import org.tenon.spi.block.BlockDriverFactory;

/** The tests that docs/how-to/test-a-driver.md shows, word for word. */
class HowToTestADriverTest {
  private final Map<String, String> settings = Map.of();
  private final byte[] block = new byte[RamDisk.BLOCK];
  private final byte[] frame = new byte[60];

  @Test
  void readsBackWhatItWrote() throws Exception {
    try (BlockHarness disk = BlockHarness.open(new MyDriverFactory(), settings)) {
      disk.write(7, block);
      assertThat(disk.read(7, 1)).isEqualTo(block);
    }
  }

  @Test
  void refusesWhatLiesPastTheEnd() throws Exception {
    try (BlockHarness disk = BlockHarness.open(new MyDriverFactory(), settings)) {
      long end = disk.geometry().blocks();
      BlockResult result = disk.perform(BlockRequest.read(end, 1).segments(1, 511).misaligned(3));
      assertThat(result.status()).isEqualTo(Status.OUT_OF_RANGE);
    }
  }

  @Test
  void aSlowRequestIsStillOnItsWayAfterNineteenSeconds() throws Exception {
    VirtualClock clock = new VirtualClock();
    Injection delay = new Injection.Delay(Duration.ofSeconds(20));
    FaultScript script = FaultScript.seeded(1).onRequest(1, delay);
    BlockDriverFactory slow = new FaultyDriverFactory(new MyDriverFactory(), script);
    try (BlockHarness disk = BlockHarness.of(slow).settings(settings).clock(clock).open()) {
      Submission read = disk.offer(0, List.of(BlockRequest.read(0, 1))).getFirst();
      clock.advance(Duration.ofSeconds(19));
      assertThat(read.isDone()).isFalse();
      clock.advance(Duration.ofSeconds(1));
      assertThat(read.await().isOk()).isTrue();
    }
  }

  @Test
  void receivesWhatComesBack() throws Exception {
    try (NicHarness nic = NicHarness.open(new MyNicFactory(), settings)) {
      nic.send(frame);
      assertThat(nic.receive().bytes()).isEqualTo(frame);
    }
  }

  @Test
  void thePageShowsNothingElse() throws Exception {
    Path module = Path.of("").toAbsolutePath();
    Path root = module.endsWith("org.tenon.kit.testing") ? module.resolve("../..") : module;
    String page = Files.readString(root.resolve("docs/how-to/test-a-driver.md"));
    String source =
        Files.readString(
            root.resolve(
                "driver-kit/org.tenon.kit.testing/src/test/java/org/tenon/kit/testing/HowToTestADriverTest.java"));

    List<String> shown =
        Pattern.compile("```java\n(  @Test.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map((MatchResult found) -> found.group(1))
            .toList();

    assertThat(shown).hasSize(4);
    assertThat(shown).allSatisfy(test -> assertThat(source).contains(test));
  }

  /** Stands for the reader's driver of a card. */
  private static final class MyNicFactory extends EchoNic.Factory {}

  /** Stands for the reader's driver. */
  private static final class MyDriverFactory extends RamDisk.Factory {
    MyDriverFactory() {
      super(opening -> new RamDisk(opening.agreement(), opening.host()));
    }
  }
}
