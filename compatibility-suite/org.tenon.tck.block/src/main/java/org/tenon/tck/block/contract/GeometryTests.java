package org.tenon.tck.block.contract;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOperation;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;

/** Size, limits, names and queues: that they hold, and where they end. */
public abstract class GeometryTests extends BlockTests {
  /** So much of a device is read from end to end; of a larger one, samples. */
  private static final long READ_WHOLE = 64L << 20;

  private static final int SAMPLES = 256;
  private static final long LARGEST_TRANSFER = 32L << 20;

  /** For the contract. */
  protected GeometryTests() {}

  @Test
  @KeepsData
  @Clause("BLK-009")
  void geometryHoldsFromOpenedOn() throws DriverException {
    BlockHarness harness = trial().harness(trial().scratch().direct()).openOnly();
    Device device = trial().adopt(harness);
    BlockGeometry opened = device.geometry();
    harness.start();
    expectSame("geometry", opened, device.geometry());
    device.read(0, 1);
    harness.quiesce();
    expectSame("geometry", opened, device.geometry());
    harness.resume();
    harness.reset();
    expectSame("geometry", opened, device.geometry());
  }

  @Test
  @KeepsData
  @Clause("BLK-010")
  void everyBlockIsReadable() {
    Device device = trial().open();
    BlockGeometry geometry = device.geometry();
    device.read(0, 1);
    device.read(geometry.blocks() - 1, 1);
    int step = Math.min(geometry.maxTransferBlocks(), (1 << 20) / geometry.logicalBlockSize());
    if (geometry.bytes() <= READ_WHOLE) {
      for (long block = 0; block < geometry.blocks(); block += step) {
        device.read(block, (int) Math.min(step, geometry.blocks() - block));
      }
    } else {
      RandomGenerator random = trial().random();
      for (int i = 0; i < SAMPLES; i++) {
        device.read(random.nextLong(geometry.blocks()), 1);
      }
    }
  }

  @Test
  @KeepsData
  @Clause("BLK-011")
  void readPastTheEndIsOutOfRange() {
    Device device = trial().open();
    long end = device.geometry().blocks();
    device.expect(BlockRequest.read(end, 1), Status.OUT_OF_RANGE);
    device.expect(BlockRequest.read(end - 1, 2), Status.OUT_OF_RANGE);
    device.expect(BlockRequest.read(end + 12_345, 8), Status.OUT_OF_RANGE);
    device.read(end - 1, 1);
  }

  @Test
  @Clause("BLK-011")
  void writePastTheEndMovesNothing() {
    Device device = trial().open();
    long end = device.geometry().blocks();
    byte[] before = device.data(trial().random(), 2);
    device.write(end - 2, before);
    byte[] other = new byte[before.length];
    Arrays.fill(other, (byte) 0xA5);
    device.expect(device.harness().writing(end - 1, other), Status.OUT_OF_RANGE);
    device.expect(device.harness().writing(end, other), Status.OUT_OF_RANGE);
    device.expectData(end - 2, before);
    expectSame("size", end, device.geometry().blocks());
  }

  @Test
  @Clause("BLK-012")
  void nonsenseBlockNumbersAreOutOfRange() {
    Device device = trial().open();
    byte[] before = device.data(trial().random(), 4);
    device.write(0, before);
    int size = device.geometry().logicalBlockSize();
    long wraps = (1L << 63) / size * 2;
    for (long block :
        new long[] {
          -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1, wraps, -wraps, 1L << 55
        }) {
      device.expect(BlockRequest.read(block, 1), Status.OUT_OF_RANGE);
      device.expect(BlockRequest.write(block, 1, new byte[size]), Status.OUT_OF_RANGE);
    }
    device.expectData(0, before);
  }

  @Test
  @Clause("BLK-013")
  void largestTransfer() {
    Scratch scratch = trial().scratch(LARGEST_TRANSFER + (1L << 20));
    Device device = trial().open(scratch.direct());
    BlockGeometry geometry = device.geometry();
    int size = geometry.logicalBlockSize();
    int blocks = (int) Math.min(geometry.maxTransferBlocks(), LARGEST_TRANSFER / size);
    byte[] data = device.data(trial().random(), blocks);
    int[] segments = evenly(data.length, Math.min(geometry.maxSegments(), data.length));
    device.ok(device.harness().writing(1, data).segments(segments));
    byte[] read = device.ok(BlockRequest.read(1, blocks).segments(segments)).memory();
    device.expectSame(trial().about(), 1, data, read);
  }

  @Test
  @KeepsData
  @Clause("BLK-014")
  void identityIsStable() {
    Scratch scratch = trial().scratch();
    Device first = trial().open(scratch.direct());
    BlockIdentity identity = first.harness().driver().identity();
    first.read(0, 1);
    first.harness().reset();
    expectSame("identity", identity, first.harness().driver().identity());
    first.close();
    BlockIdentity again = trial().open(scratch.direct()).harness().driver().identity();
    expectSame("serial of the same storage", identity.serial(), again.serial());
    trial()
        .evidence()
        .note("identity", identity.vendor() + " " + identity.product() + " " + identity.revision());
  }

  @Test
  @KeepsData
  @Clause("BLK-015")
  void everyQueueServes() {
    Device device = trial().open();
    for (int queue = 0; queue < device.agreement().queues(); queue++) {
      expectSame(
          "queue " + queue,
          device.harness().driver().queue(queue),
          device.harness().driver().queue(queue));
      device.await(
          List.of(device.harness().submit(queue, BlockRequest.of(BlockOperation.READ, 0, 1))));
    }
  }

  private void expectSame(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw trial().violation(what + " stays " + expected, "it is now " + actual);
    }
  }

  private static int[] evenly(int bytes, int parts) {
    int[] lengths = new int[parts];
    Arrays.fill(lengths, bytes / parts);
    lengths[parts - 1] += bytes % parts;
    return lengths;
  }
}
