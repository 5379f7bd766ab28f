package org.tenon.tck.block.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.Submission;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.DeviceModel;
import org.tenon.tck.core.Clause;

/** Reads and writes: what is written is there, all of it, and nothing else has changed. */
public abstract class DataTests extends BlockTests {
  private static final long SMALL = 1L << 20;
  private static final int ROUNDS = 100;
  private static final ClauseId IN_ORDER = ClauseId.parse("BLK-017");

  /** For the contract. */
  protected DataTests() {}

  @Test
  @Clause({"BLK-019", "BLK-016", "BLK-018"})
  void readBackEveryBoundary() {
    Device device = trial().open(trial().scratch(SMALL).direct());
    RandomGenerator random = trial().random();
    int blocks = (int) device.geometry().blocks();
    int size = device.geometry().logicalBlockSize();
    byte[] all = device.data(random, blocks);
    List<BlockRequest> writes = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      writes.add(
          device
              .harness()
              .writing(block, Arrays.copyOfRange(all, block * size, (block + 1) * size)));
    }
    device.await(device.harness().submit(0, writes));
    device.expectData(0, all);
    // Then two blocks across every boundary in turn, each over what its neighbour wrote.
    for (int block = 0; block + 2 <= blocks; block += 1 + random.nextInt(7)) {
      byte[] two = device.data(random, 2);
      System.arraycopy(two, 0, all, block * size, two.length);
      device.write(block, two);
      device.expectData(block, two);
    }
    device.expectData(0, all);
  }

  @Test
  @Clause({"BLK-018", "BLK-016"})
  void writeKeepsItsNeighbours() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int size = device.geometry().logicalBlockSize();
    for (int round = 0; round < ROUNDS; round++) {
      int blocks = random.nextInt(1, 17);
      long first = random.nextLong(device.geometry().blocks() - blocks - 2);
      byte[] around = device.data(random, blocks + 2);
      device.write(first, around);
      byte[] middle = device.data(random, blocks);
      System.arraycopy(middle, 0, around, size, middle.length);
      device.write(first + 1, middle);
      device.expectData(first, around);
    }
  }

  @Test
  @Clause({"BLK-020", "BLK-017", "BLK-021"})
  void segmentsOfAnyShape() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    for (int round = 0; round < ROUNDS; round++) {
      int blocks = random.nextInt(1, 9);
      long block = random.nextLong(device.geometry().blocks() - blocks);
      byte[] data = device.data(random, blocks);
      int[] out = shape(random, data.length, device.geometry().maxSegments());
      int[] in = shape(random, data.length, device.geometry().maxSegments());
      device.ok(
          device.harness().writing(block, data).segments(out).misaligned(random.nextInt(4096)));
      byte[] read =
          device
              .ok(BlockRequest.read(block, blocks).segments(in).misaligned(random.nextInt(4096)))
              .memory();
      device.expectSame(IN_ORDER, block, data, read);
    }
  }

  @Test
  @Clause("BLK-022")
  void effectIsSeenOnEveryQueue() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int queues = device.agreement().queues();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] data = device.data(random, 1);
      long block = random.nextLong(16);
      device.await(
          List.of(device.harness().submit(round % queues, device.harness().writing(block, data))));
      Submission read = device.harness().submit((round + 1) % queues, BlockRequest.read(block, 1));
      device.await(List.of(read));
      device.expectSame(trial().about(), block, data, read.await().memory());
    }
  }

  @Test
  @Clause({"BLK-023", "BLK-028"})
  void overlappingWriteOrder() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int size = device.geometry().logicalBlockSize();
    int window = 12;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] before = device.data(random, window);
      device.write(0, before);
      List<byte[]> candidates = new ArrayList<>(List.of(before));
      List<Submission> submissions = new ArrayList<>();
      for (int writer = 0; writer < 8; writer++) {
        int blocks = random.nextInt(1, window + 1);
        int first = random.nextInt(window - blocks + 1);
        byte[] data = device.data(random, blocks);
        byte[] whole = before.clone();
        System.arraycopy(data, 0, whole, first * size, data.length);
        candidates.add(whole);
        submissions.add(
            device
                .harness()
                .submit(
                    writer % device.agreement().queues(), device.harness().writing(first, data)));
      }
      device.await(submissions);
      expectEachBlockOfOne(device, candidates, device.read(0, window));
    }
  }

  @Test
  @Clause("BLK-024")
  void reportsWhatItMoved() {
    Device device = trial().open();
    int size = device.geometry().logicalBlockSize();
    for (int blocks : new int[] {1, 2, 7, 64}) {
      expectBytes(
          device.ok(device.harness().writing(0, new byte[blocks * size])).bytes(),
          (long) blocks * size);
      expectBytes(device.ok(BlockRequest.read(0, blocks)).bytes(), (long) blocks * size);
    }
    for (BlockRequest other : Requests.otherThanTransfers(device)) {
      expectBytes(device.ok(other).bytes(), 0);
    }
  }

  @Test
  @Clause("BLK-025")
  void segmentsThatDoNotAddUpAreInvalid() {
    Device device = trial().open();
    byte[] before = device.data(trial().random(), 8);
    device.write(0, before);
    int size = device.geometry().logicalBlockSize();
    for (int wrong : new int[] {1, size - 1, size + 1, 3 * size}) {
      device.expect(BlockRequest.write(1, 2, new byte[wrong]), Status.INVALID);
      device.expect(BlockRequest.read(1, 2).segments(wrong), Status.INVALID);
    }
    device.expectData(0, before);
  }

  @Test
  @Clause("BLK-026")
  void requestOfNoBlocksChangesNothing() {
    Device device = trial().open();
    byte[] before = device.data(trial().random(), 4);
    device.write(0, before);
    device.expect(BlockRequest.read(1, 0), Status.OK, Status.INVALID);
    device.expect(BlockRequest.write(1, 0, new byte[0]), Status.OK, Status.INVALID);
    device.expectData(0, before);
  }

  @Test
  @Clause("BLK-052")
  void dataIsThereAfterReopen() {
    Scratch scratch = trial().scratch();
    Device first = trial().open(scratch.direct());
    RandomGenerator random = trial().random();
    long last = first.geometry().blocks() - 16;
    byte[] head = first.data(random, 16);
    byte[] tail = first.data(random, 16);
    first.write(0, head);
    first.write(last, tail);
    first.close();
    Device second = trial().open(scratch.direct());
    second.expectData(0, head);
    second.expectData(last, tail);
  }

  @Test
  @Clause({"BLK-016", "BLK-018", "BLK-022"})
  void randomOperationsFollowTheModel() {
    Device device = trial().open(trial().scratch(SMALL).direct());
    DeviceModel model = new DeviceModel(trial(), device);
    model.run(trial().random(), 1500);
    model.checkAll();
  }

  private void expectBytes(long actual, long expected) {
    if (actual != expected) {
      throw trial().violation(expected + " bytes reported", actual + " were");
    }
  }

  private void expectEachBlockOfOne(Device device, List<byte[]> candidates, byte[] actual) {
    int size = device.geometry().logicalBlockSize();
    for (int block = 0; block < actual.length / size; block++) {
      int from = block * size;
      int to = from + size;
      if (candidates.stream().noneMatch(one -> Arrays.equals(one, from, to, actual, from, to))) {
        throw trial()
            .violation(
                "block " + block + " holds the data of one of the writes, whole",
                "it holds a mixture");
      }
    }
  }

  /** Cuts a length into segments: some of one byte, some of odd lengths. */
  private static int[] shape(RandomGenerator random, int bytes, int most) {
    List<Integer> lengths = new ArrayList<>();
    int left = bytes;
    while (left > 0 && lengths.size() < Math.min(most, 24) - 1) {
      int length = Math.min(left, random.nextInt(3) == 0 ? 1 : random.nextInt(1, 700));
      lengths.add(length);
      left -= length;
    }
    if (left > 0) {
      lengths.add(left);
    }
    return lengths.stream().mapToInt(Integer::intValue).toArray();
  }
}
