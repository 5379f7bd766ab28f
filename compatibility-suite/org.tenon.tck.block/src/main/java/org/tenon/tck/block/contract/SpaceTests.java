package org.tenon.tck.block.contract;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOperation;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/** Discard and write-zeroes: what given-back blocks read as, and that their neighbours stay. */
public abstract class SpaceTests extends BlockTests {
  private static final int ROUNDS = 60;

  /** For the contract. */
  protected SpaceTests() {}

  @Test
  @Requires("discard")
  @Clause("BLK-044")
  void discardedBlocksReadTheSame() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      int blocks = random.nextInt(1, 65);
      long block = random.nextLong(device.geometry().blocks() - blocks);
      byte[] written = device.data(random, blocks);
      device.write(block, written);
      device.ok(BlockRequest.discard(block, blocks));
      byte[] first = device.read(block, blocks);
      expectZeroOr(device, written, first);
      device.expectSame(trial().about(), block, first, device.read(block, blocks));
    }
  }

  @Test
  @Requires("discard")
  @Clause({"BLK-045", "BLK-044"})
  void discardShowsNothingOlder() {
    Scratch scratch = trial().scratch();
    Device device = trial().open(scratch.direct());
    RandomGenerator random = trial().random();
    int blocks = 256;
    device.write(0, device.data(random, blocks));
    byte[] last = device.data(random, blocks);
    device.write(0, last);
    device.ok(BlockRequest.discard(0, blocks));
    byte[] seen = device.read(0, blocks);
    expectZeroOr(device, last, seen);
    device.close();
    expectZeroOr(device, last, trial().open(scratch.direct()).read(0, blocks));
  }

  @Test
  @Requires("discard")
  @Clause("BLK-046")
  void discardKeepsItsNeighbours() {
    keepsNeighbours(BlockRequest::discard);
  }

  @Test
  @Requires("write-zeroes")
  @Clause("BLK-047")
  void zeroedBlocksReadAsZeroes() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      int blocks = random.nextInt(1, 65);
      long block = random.nextLong(device.geometry().blocks() - blocks);
      byte[] written = device.data(random, blocks);
      device.write(block, written);
      BlockRequest zero = BlockRequest.writeZeroes(block, blocks);
      boolean durable = round % 5 == 0 && device.agreement().has(BlockCapabilities.FUA);
      BlockRequest marked = round % 2 == 0 ? zero.mayUnmap() : zero;
      device.ok(durable ? marked.flags(marked.flags() | BlockOperation.FUA) : marked);
      device.expectData(block, new byte[written.length]);
    }
  }

  @Test
  @Requires("write-zeroes")
  @Clause("BLK-048")
  void writeZeroesKeepsItsNeighbours() {
    keepsNeighbours(BlockRequest::writeZeroes);
    keepsNeighbours((block, blocks) -> BlockRequest.writeZeroes(block, blocks).mayUnmap());
  }

  @Test
  @Requires("discard")
  @Clause("BLK-049")
  void discardPastTheEndIsOutOfRange() {
    expectOutOfRange(BlockRequest::discard);
  }

  @Test
  @Requires("write-zeroes")
  @Clause("BLK-049")
  void writeZeroesPastTheEndIsOutOfRange() {
    expectOutOfRange(BlockRequest::writeZeroes);
  }

  @Test
  @Requires("discard")
  @Clause("BLK-050")
  void discardedBlocksCanBeWritten() {
    writesAfter(BlockRequest::discard);
  }

  @Test
  @Requires("write-zeroes")
  @Clause("BLK-050")
  void zeroedBlocksCanBeWritten() {
    writesAfter((block, blocks) -> BlockRequest.writeZeroes(block, blocks).mayUnmap());
  }

  private void keepsNeighbours(Requests.Ranged operation) {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int size = device.geometry().logicalBlockSize();
    int margin = 4 + device.geometry().discardGranularityBlocks();
    for (int round = 0; round < ROUNDS; round++) {
      int blocks = random.nextInt(1, 40);
      long first = random.nextLong(device.geometry().blocks() - blocks - 2L * margin);
      byte[] around = device.data(random, blocks + 2 * margin);
      device.write(first, around);
      device.ok(operation.on(first + margin, blocks));
      byte[] before = Arrays.copyOf(around, margin * size);
      byte[] after = Arrays.copyOfRange(around, (margin + blocks) * size, around.length);
      device.expectData(first, before);
      device.expectData(first + margin + blocks, after);
    }
  }

  private void expectOutOfRange(Requests.Ranged operation) {
    Device device = trial().open();
    long end = device.geometry().blocks();
    byte[] last = device.data(trial().random(), 4);
    device.write(end - 4, last);
    device.expect(operation.on(end - 1, 2), Status.OUT_OF_RANGE);
    device.expect(operation.on(end, 1), Status.OUT_OF_RANGE);
    device.expect(operation.on(-1, 1), Status.OUT_OF_RANGE);
    device.expect(operation.on(Long.MAX_VALUE, 1), Status.OUT_OF_RANGE);
    device.expectData(end - 4, last);
  }

  private void writesAfter(Requests.Ranged operation) {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    device.write(0, device.data(random, 128));
    device.ok(operation.on(0, 128));
    for (int block = 0; block < 128; block += 16) {
      byte[] data = device.data(random, 16);
      device.write(block, data);
      device.expectData(block, data);
    }
  }

  private void expectZeroOr(Device device, byte[] written, byte[] actual) {
    int size = device.geometry().logicalBlockSize();
    byte[] zero = new byte[size];
    for (int block = 0; block < actual.length / size; block++) {
      byte[] one = Arrays.copyOfRange(actual, block * size, (block + 1) * size);
      if (!Arrays.equals(one, zero)
          && !Arrays.equals(one, Arrays.copyOfRange(written, block * size, (block + 1) * size))) {
        throw trial()
            .violation(
                "a discarded block reads as zeroes or as last written",
                "block " + block + " of the discard reads as neither");
      }
    }
  }
}
