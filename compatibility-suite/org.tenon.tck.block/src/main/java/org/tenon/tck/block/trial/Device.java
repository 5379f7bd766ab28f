package org.tenon.tck.block.trial;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.BlockResult;
import org.tenon.kit.testing.Submission;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.tck.core.ClauseViolated;

/** An open driver, and what tests keep asking of it. For the test's thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Device {
  private final BlockTrial trial;
  private final BlockHarness harness;

  Device(BlockTrial trial, BlockHarness harness) {
    this.trial = trial;
    this.harness = harness;
  }

  /** The checking host. */
  public BlockHarness harness() {
    return harness;
  }

  /** What was agreed. */
  public BlockAgreement agreement() {
    return harness.agreement();
  }

  /** Size and limits. */
  public BlockGeometry geometry() {
    return harness.geometry();
  }

  /** Closes the driver; what is wrong then is held against it when the test ends. */
  public void close() {
    harness.close();
  }

  /** Reads blocks, which must succeed. */
  public byte[] read(long block, int blocks) {
    return ok(BlockRequest.read(block, blocks)).memory();
  }

  /** Writes whole blocks, which must succeed. */
  public void write(long block, byte[] data) {
    ok(harness.writing(block, data));
  }

  /** Performs a request that must succeed. */
  public BlockResult ok(BlockRequest request) {
    return expect(trial.about(), request, Status.OK);
  }

  /** Performs a request that must end as one of these, by the clause that the test is about. */
  public BlockResult expect(BlockRequest request, int... statuses) {
    return expect(trial.about(), request, statuses);
  }

  /** Performs a request that must end as one of these, by a clause. */
  public BlockResult expect(ClauseId clause, BlockRequest request, int... statuses) {
    return check(clause, request, harness.perform(request), statuses);
  }

  /** Waits for submissions that must all succeed. */
  public void await(List<Submission> submissions) {
    for (Submission submission : submissions) {
      check(trial.about(), submission.request(), submission.await(), Status.OK);
    }
  }

  private BlockResult check(
      ClauseId clause, BlockRequest request, BlockResult result, int... statuses) {
    if (IntStream.of(statuses).noneMatch(status -> status == result.status())) {
      String expected =
          IntStream.of(statuses).mapToObj(Status::name).collect(Collectors.joining(" or "));
      throw new ClauseViolated(
          clause, "%s completes as %s".formatted(request, expected), "it completed as " + result);
    }
    return result;
  }

  /** Reads blocks that must hold this, by the clause that the test is about. */
  public void expectData(long block, byte[] expected) {
    expectData(trial.about(), block, expected);
  }

  /** Reads blocks that must hold this, by a clause. */
  public void expectData(ClauseId clause, long block, byte[] expected) {
    int size = geometry().logicalBlockSize();
    int most = Math.max(1, geometry().maxTransferBlocks());
    for (int done = 0; done < expected.length / size; done += most) {
      int count = Math.min(most, expected.length / size - done);
      byte[] part = Arrays.copyOfRange(expected, done * size, (done + count) * size);
      expectSame(clause, block + done, part, read(block + done, count));
    }
  }

  /** Compares what blocks hold with what they must hold. */
  public void expectSame(ClauseId clause, long block, byte[] expected, byte[] actual) {
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      int size = geometry().logicalBlockSize();
      throw new ClauseViolated(
          clause,
          "block %d holds 0x%02x at byte %d"
              .formatted(block + at / size, at < expected.length ? expected[at] : 0, at % size),
          at < actual.length
              ? "it holds 0x%02x".formatted(actual[at])
              : "only %d of %d bytes were read".formatted(actual.length, expected.length));
    }
  }

  /** As many random bytes as that many blocks hold. */
  public byte[] data(RandomGenerator random, int blocks) {
    byte[] bytes = new byte[Math.multiplyExact(blocks, geometry().logicalBlockSize())];
    random.nextBytes(bytes);
    return bytes;
  }
}
