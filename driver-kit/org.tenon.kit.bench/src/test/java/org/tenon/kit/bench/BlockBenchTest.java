package org.tenon.kit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

class BlockBenchTest {
  private static final BenchPlan SHORT =
      BenchPlan.DEFAULT.lasting(Duration.ofMillis(100), Duration.ofMillis(200)).withDepth(8);

  private static BenchReport run(InstantDriver driver, BenchPlan plan) throws Exception {
    return BlockBench.run(driver, Map.of(), plan);
  }

  @Test
  void countsWhatTheDriverCompletesAndAllocatesNothingItself() throws Exception {
    BenchReport report = run(new InstantDriver(), SHORT.withQueues(2).overwriting(70));

    assertThat(report.queues()).isEqualTo(2);
    assertThat(report.depth()).isEqualTo(8);
    assertThat(report.requests()).isPositive();
    assertThat(report.requests()).isEqualTo(report.reads().count() + report.writes().count());
    assertThat(report.errors()).isZero();
    assertThat(report.iops()).isCloseTo(report.requests() / report.seconds(), within(1.0));
    assertThat(report.megabytesPerSecond()).isCloseTo(report.iops() * 4096 / 1e6, within(1.0));
    assertThat((double) report.reads().count() / report.requests()).isCloseTo(0.7, within(0.05));
    assertThat(report.reads().p50())
        .isLessThanOrEqualTo(report.reads().p99())
        .isLessThanOrEqualTo(report.reads().max());
    assertThat(report.allocatedBytesPerRequest()).isLessThan(2.0);
  }

  @Test
  void theReportTellsPeopleAndMachinesTheSame() throws Exception {
    BenchReport report = run(new InstantDriver(), SHORT.overwriting(50));

    assertThat(report.toText())
        .startsWith(
            "instant (direct): 4096-byte random requests, 50 % reads, depth 8 on 1 queue(s)")
        .contains(" IOPS ", " MB/s ", "read  latency  p50 ", "write latency  p50 ", "p99.9 ");
    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.at("/driver").asText()).isEqualTo("instant");
    assertThat(json.at("/plan/readPercent").asInt()).isEqualTo(50);
    assertThat(json.at("/requests").asLong()).isEqualTo(report.requests());
    assertThat(json.at("/writes/p999").asLong()).isEqualTo(report.writes().p999());
    assertThat(json.at("/environment/processors").asInt()).isPositive();
  }

  @Test
  void aDriverThatTakesAMillisecondIsMeasuredAsTakingNoLess() throws Exception {
    InstantDriver slow =
        new InstantDriver() {
          @Override
          void finish(int queue, int tag) {
            host().clock().schedule(Duration.ofMillis(1), () -> super.finish(queue, tag));
          }
        };
    BenchReport report = run(slow, SHORT.withDepth(2));
    assertThat(report.requests()).isPositive();
    assertThat(report.reads().p50()).isGreaterThanOrEqualTo(995_000);
    assertThat(report.iops()).isLessThanOrEqualTo(2_100);
  }

  @Test
  void aDriverThatTakesAFewAtATimeAndAnswersFromAnotherThreadIsKeptBusy() throws Exception {
    try (ExecutorService worker = Executors.newSingleThreadExecutor()) {
      InstantDriver choosy =
          new InstantDriver() {
            @Override
            int submit(int queue, BlockBatch batch) {
              int taken = Math.min(3, batch.size());
              int[] tags = new int[taken];
              for (int i = 0; i < taken; i++) {
                tags[i] = batch.tag(i);
              }
              worker.execute(() -> {
                for (int tag : tags) {
                  finish(queue, tag);
                }
              });
              return taken;
            }
          };
      assertThat(run(choosy, SHORT).requests()).isGreaterThan(8);
    }
  }

  @Test
  void aDriverThatRefusesEverythingIsAskedAgainWhenItSaysSo() throws Exception {
    InstantDriver shy =
        new InstantDriver() {
          private boolean refused;

          @Override
          int submit(int queue, BlockBatch batch) {
            refused = !refused;
            if (refused) {
              host().queueReady(queue);
              return 0;
            }
            return super.submit(queue, batch);
          }
        };
    assertThat(run(shy, SHORT).requests()).isGreaterThan(8);
  }

  @Test
  void sequentialRequestsGoFromFrontToBackThroughEachQueuesPart() throws Exception {
    List<Long> blocks = Collections.synchronizedList(new ArrayList<>());
    InstantDriver recording =
        new InstantDriver() {
          @Override
          int submit(int queue, BlockBatch batch) {
            BlockRequests requests = host().requests(queue);
            if (queue == 1 && blocks.size() < 200) {
              for (int i = 0; i < batch.size(); i++) {
                blocks.add(requests.block(batch.tag(i)));
              }
            }
            return super.submit(queue, batch);
          }
        };
    run(recording, SHORT.withQueues(2).withPattern(BenchPlan.Pattern.SEQUENTIAL));
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      expected.add(512L + i % 64 * 8L);
    }
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(200).isEqualTo(expected);
  }

  @Test
  void withoutPermissionNothingIsWritten() throws Exception {
    assertThatThrownBy(() ->
            new BenchPlan(
                512,
                1,
                1,
                99,
                BenchPlan.Pattern.RANDOM,
                false,
                Duration.ZERO,
                Duration.ofSeconds(1),
                1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("writes destroy what the storage holds");
    InstantDriver readsOnly =
        new InstantDriver() {
          @Override
          void finish(int queue, int tag) {
            boolean read = host().requests(queue).operation(tag) == BlockOperation.READ;
            host().complete(queue, tag, read ? Status.OK : Status.IO_ERROR, read ? 4096 : 0);
          }
        };
    assertThat(run(readsOnly, SHORT).errors()).isZero();
  }

  @Test
  void errorsAreCountedApart() throws Exception {
    InstantDriver failing =
        new InstantDriver() {
          @Override
          void finish(int queue, int tag) {
            host().complete(queue, tag, Status.MEDIUM_ERROR, 0);
          }
        };
    BenchReport report = run(failing, SHORT);
    assertThat(report.errors()).isPositive();
    assertThat(report.requests()).isZero();
    assertThat(report.allocatedBytesPerRequest()).isZero();
  }

  @Test
  void aDriverThatHangsEndsTheMeasurement() {
    InstantDriver hung =
        new InstantDriver() {
          @Override
          void finish(int queue, int tag) {}
        };
    Deadlines deadlines = new Deadlines(Duration.ofMillis(50), Duration.ofMillis(50));
    assertThatThrownBy(() -> BlockBench.run(hung, Map.of(), SHORT, deadlines))
        .isInstanceOf(BenchException.class)
        .hasMessage("the driver has completed nothing for 50 ms, with 8 requests in flight");
  }

  @Test
  void aDriverThatCompletesTwiceOrThrowsIsNotMeasured() {
    InstantDriver twice =
        new InstantDriver() {
          @Override
          void finish(int queue, int tag) {
            super.finish(queue, tag);
            super.finish(queue, tag);
          }
        };
    assertThatThrownBy(() -> run(twice, SHORT))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("requests that were not in flight");
    InstantDriver throwing =
        new InstantDriver() {
          @Override
          int submit(int queue, BlockBatch batch) {
            throw new IllegalStateException("no");
          }
        };
    assertThatThrownBy(() -> run(throwing, SHORT))
        .isInstanceOf(BenchException.class)
        .hasMessage("the driver threw java.lang.IllegalStateException: no");
  }

  @Test
  void aPlanThatDoesNotFitTheDeviceSaysWhatWould() {
    assertThatThrownBy(() -> run(new InstantDriver(), SHORT.withBlockSize(1000)))
        .hasMessage(
            "a request of 1000 bytes does not fit the device: give a multiple of 512 up to"
                + " 1048576");
    InstantDriver readOnly =
        new InstantDriver() {
          @Override
          public BlockGeometry geometry() {
            return BlockGeometry.of(BLOCKS, 512).readOnly(true).build();
          }
        };
    assertThatThrownBy(() -> run(readOnly, SHORT.overwriting(0)))
        .hasMessage("the device is read-only: read 100 %");
    assertThatThrownBy(() -> run(new InstantDriver(), SHORT.withBlockSize(1 << 20)))
        .hasMessageContaining("too small");
  }
}
