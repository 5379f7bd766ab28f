package org.tenon.tck.block.trial;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.tenon.api.Stability;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;

/**
 * What a device must hold after a sequence of requests, one at a time: the oracle of random tests.
 * For small devices and the test's thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class DeviceModel {
  private final BlockTrial trial;
  private final Device device;
  private final int blockSize;
  private final int blocks;
  private final byte[] contents;

  /**
   * Blocks that were discarded and not written since: their contents, or zeroes, until a read has
   * decided.
   */
  private final boolean[] undecided;

  /** A model of a device as it is now. */
  public DeviceModel(BlockTrial trial, Device device) {
    this.trial = trial;
    this.device = device;
    this.blockSize = device.geometry().logicalBlockSize();
    this.blocks = Math.toIntExact(device.geometry().blocks());
    this.contents = new byte[blocks * blockSize];
    this.undecided = new boolean[blocks];
    int step = device.geometry().maxTransferBlocks();
    for (int block = 0; block < blocks; block += step) {
      byte[] read = device.read(block, Math.min(step, blocks - block));
      System.arraycopy(read, 0, contents, block * blockSize, read.length);
    }
  }

  /** Performs random requests, each compared with the model. */
  public void run(RandomGenerator random, int requests) {
    for (int i = 0; i < requests; i++) {
      int count = random.nextInt(1, Math.min(33, blocks));
      int block = random.nextInt(blocks - count + 1);
      switch (random.nextInt(10)) {
        case 0 -> discard(block, count);
        case 1 -> writeZeroes(block, count, random.nextBoolean());
        case 2 -> flush();
        case 3, 4, 5 -> check(block, count);
        default -> write(random, block, count);
      }
    }
  }

  /** Compares the whole device with the model. */
  public void checkAll() {
    int step = Math.min(128, device.geometry().maxTransferBlocks());
    for (int block = 0; block < blocks; block += step) {
      check(block, Math.min(step, blocks - block));
    }
  }

  private void write(RandomGenerator random, int block, int count) {
    byte[] data = device.data(random, count);
    BlockRequest request = device.harness().writing(block, data);
    boolean durable = random.nextInt(8) == 0 && device.agreement().has(BlockCapabilities.FUA);
    device.ok(durable ? request.fua() : request);
    System.arraycopy(data, 0, contents, block * blockSize, data.length);
    Arrays.fill(undecided, block, block + count, false);
  }

  private void discard(int block, int count) {
    if (device.agreement().has(BlockCapabilities.DISCARD)) {
      device.ok(BlockRequest.discard(block, count));
      Arrays.fill(undecided, block, block + count, true);
    }
  }

  private void writeZeroes(int block, int count, boolean mayUnmap) {
    if (device.agreement().has(BlockCapabilities.WRITE_ZEROES)) {
      BlockRequest request = BlockRequest.writeZeroes(block, count);
      device.ok(mayUnmap ? request.mayUnmap() : request);
      Arrays.fill(contents, block * blockSize, (block + count) * blockSize, (byte) 0);
      Arrays.fill(undecided, block, block + count, false);
    }
  }

  private void flush() {
    if (device.agreement().has(BlockCapabilities.FLUSH)) {
      device.ok(BlockRequest.flush());
    }
  }

  private void check(int block, int count) {
    byte[] actual = device.read(block, count);
    for (int i = 0; i < count; i++) {
      int at = (block + i) * blockSize;
      if (undecided[block + i]) {
        undecided[block + i] = false;
        if (isZero(actual, i * blockSize)) {
          Arrays.fill(contents, at, at + blockSize, (byte) 0);
        }
      }
    }
    device.expectSame(
        trial.about(),
        block,
        Arrays.copyOfRange(contents, block * blockSize, (block + count) * blockSize),
        actual);
  }

  private boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < from + blockSize; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
