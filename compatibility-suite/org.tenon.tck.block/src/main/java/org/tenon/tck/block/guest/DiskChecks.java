package org.tenon.tck.block.guest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.core.guest.GuestScript;
import org.tenon.tck.core.run.NotRun;

/** What Linux must find of a disk, whatever its model. For one test and its thread. */
final class DiskChecks {
  private static final ClauseId QUIET = ClauseId.parse("BLK-085");
  private static final int SECTOR = 512;
  private static final int WORKERS = 4;
  private static final int REGION_BYTES = 512 << 10;
  private static final int LONGEST_BYTES = 64 << 10;
  private static final int ROUNDS = 20;
  private static final int WRITERS = 4;
  private static final int FLUSHES = 5;
  private static final int FLUSHED_BYTES = 192 << 10;
  private static final int SPACE_AT_BYTES = 7 << 20;
  private static final int SPACE_BYTES = 256 << 10;
  private static final int KEPT_BYTES = 256 << 10;

  private final BlockTrial trial;
  private final LinuxDisk disk;
  private final int block;
  private final GuestScript linux;
  private boolean plugged;

  DiskChecks(BlockTrial trial, LinuxDisk disk) {
    this.trial = trial;
    this.disk = disk;
    this.linux = new GuestScript(trial, disk.guest(), LinuxDisk.SCRIPT, QUIET);
    this.block = disk.facts().geometry().logicalBlockSize();
    trial.keep(() -> disk.reportTo(trial));
  }

  private void expectStored(String what, byte[] expected, long offset) {
    byte[] stored = disk.stored(offset, expected.length);
    int at = Arrays.mismatch(expected, stored);
    if (at >= 0) {
      throw trial.violation(
          "the storage holds %s".formatted(what),
          "byte %d is 0x%02x and not 0x%02x".formatted(offset + at, stored[at], expected[at]));
    }
  }

  private int blocks(int bytes) {
    return bytes / block;
  }

  private String serial() {
    return disk.facts().identity().serial();
  }

  /** The end of every test. */
  void end() {
    linux.end();
  }

  private void allow(Complaint complaint) {
    linux.allow(complaint.text());
  }

  void isFound() {
    found(disk.facts(), linux.run("facts", serial()));
  }

  private void found(LinuxDisk.Facts facts, GuestOutput seen) {
    BlockGeometry geometry = facts.geometry();
    linux.expectEqual("sectors", number(geometry.bytes() / SECTOR), linux.value(seen, "sectors"));
    linux.expectEqual(
        "logical block", number(geometry.logicalBlockSize()), linux.value(seen, "logical block"));
    if (disk.model() == GuestDisk.Model.VIRTIO) {
      // Of NVMe, Linux believes in a physical block only where writes of one are said to be atomic.
      linux.expectEqual(
          "physical block",
          number(geometry.physicalBlockSize()),
          linux.value(seen, "physical block"));
    }
    linux.expectEqual("read-only", geometry.readOnly() ? "1" : "0", linux.value(seen, "read-only"));
    linux.expectEqual(
        "cache",
        facts.agreement().has(BlockCapabilities.FLUSH) ? "write back" : "write through",
        linux.value(seen, "cache"));
    linux.expectEqual(
        "discard offered",
        facts.agreement().has(BlockCapabilities.DISCARD),
        !linux.value(seen, "discard").equals("0"));
  }

  private static String number(long value) {
    return Long.toString(value);
  }

  void isReadOnly() {
    LinuxDisk.Facts facts = disk.readOnlyFacts().orElseThrow();
    // Linux says so when a program opens the disk to write, at each level that it asks.
    allow(Complaint.WRITE_TO_READ_ONLY);
    found(facts, linux.run("read_only", facts.identity().serial()));
  }

  void keepsFiles() {
    linux.run("files", serial(), WRITERS);
  }

  void keepsWhatManyWrite() {
    RandomGenerator random = trial.random();
    int[] seeds = random.ints(WORKERS, 1, Integer.MAX_VALUE).toArray();
    RandomWrites writes =
        new RandomWrites(disk.data(), block, blocks(REGION_BYTES), blocks(LONGEST_BYTES), ROUNDS);
    int stride = (int) (LinuxDisk.SIZE - REGION_BYTES) / (WORKERS - 1) / block;
    List<byte[]> regions = new ArrayList<>();
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                serial(),
                block,
                writes.blocks(),
                stride,
                writes.longest(),
                writes.dataBlocks(),
                writes.rounds()));
    List<String> sums = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      byte[] before = disk.stored((long) worker * stride * block, REGION_BYTES);
      byte[] region = writes.region(seeds[worker], before);
      regions.add(region);
      sums.add(md5(region));
      arguments.add(seeds[worker]);
    }
    GuestOutput output = linux.run("workers", arguments.toArray());
    linux.expectEqual("what Linux reads of each region", sums, output.values("region"));
    linux.expectEqual("what Linux reads through its cache", sums, output.values("cached"));
    for (int worker = 0; worker < WORKERS; worker++) {
      expectStored(
          "what worker %d wrote".formatted(worker),
          regions.get(worker),
          (long) worker * stride * block);
    }
  }

  void keepsWhatWasFlushed() {
    RandomGenerator random = trial.random();
    int count = blocks(FLUSHED_BYTES);
    List<Object> arguments = new ArrayList<>(List.of(serial(), block, count, 2 * FLUSHES * count));
    GuestWork work = GuestWork.of("");
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < FLUSHES; i++) {
      int from = random.nextInt(blocks(LinuxDisk.DATA) - count);
      int at = i * count;
      arguments.add(from);
      byte[] written = Arrays.copyOfRange(disk.data(), from * block, (from + count) * block);
      work =
          work.at(
              "flushed-" + at,
              () -> {
                expectStored("what Linux has flushed", written, (long) at * block);
                seen.add(at);
              });
    }
    GuestWork asked = linux.work("flushes", arguments.toArray());
    linux.run(new GuestWork(asked.command(), asked.limit(), work.marks()));
    linux.expectEqual("flushes seen", FLUSHES, seen.size());
  }

  void givesSpaceBack() {
    byte[][] parts = written();
    List<String> read = space("");
    byte[] middle = disk.stored(SPACE_AT_BYTES + SPACE_BYTES, SPACE_BYTES);
    for (int at = 0; at < SPACE_BYTES; at += block) {
      byte[] old = Arrays.copyOfRange(parts[1], at, at + block);
      byte[] now = Arrays.copyOfRange(middle, at, at + block);
      if (!Arrays.equals(now, old) && !Arrays.equals(now, new byte[block])) {
        throw trial.violation(
            "a discarded block holds what it held, or zeroes",
            "byte %d of the storage and what follows hold neither"
                .formatted(SPACE_AT_BYTES + SPACE_BYTES + at));
      }
    }
    linux.expectEqual(
        "what Linux reads before, in and after the discarded blocks",
        List.of(md5(parts[0]), md5(middle), md5(parts[2])),
        read);
  }

  void zeroesItsBlocks() {
    byte[][] parts = written();
    linux.expectEqual(
        "what Linux reads before, in and after the zeroed blocks",
        List.of(md5(parts[0]), md5(new byte[SPACE_BYTES]), md5(parts[2])),
        space("-z"));
    expectStored("zeroes", new byte[SPACE_BYTES], SPACE_AT_BYTES + SPACE_BYTES);
  }

  private List<String> space(String option) {
    return linux
        .run("space", serial(), block, blocks(SPACE_AT_BYTES), blocks(SPACE_BYTES), option)
        .values("part");
  }

  private byte[][] written() {
    byte[][] parts = new byte[3][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Arrays.copyOfRange(disk.data(), i * SPACE_BYTES, (i + 1) * SPACE_BYTES);
    }
    return parts;
  }

  void outlivesItsDriver(int times) {
    Complaint.OF_A_DISK_THAT_WENT.forEach(this::allow);
    linux.run("rebind", serial(), block, blocks(KEPT_BYTES), times);
  }

  void outlivesResets(int times) {
    linux.run("reset_controller", serial(), block, blocks(KEPT_BYTES), times);
  }

  void outlivesRemoval(int times) {
    Complaint.OF_A_DISK_THAT_WENT.forEach(this::allow);
    linux.run("unplug", serial(), block, blocks(KEPT_BYTES), times);
  }

  /** A disk that comes while Linux runs, and goes without a word. */
  void outlivesBeingPulled() {
    Complaint.OF_A_DISK_THAT_WENT.forEach(this::allow);
    LinuxDisk.Further further = disk.further(trial);
    String its = further.facts().identity().serial();
    plug(further);
    trial.keep(this::pull);
    linux.run(linux.work("pulled", its, block, blocks(KEPT_BYTES)).at("pull", this::pull));
    byte[] kept = Arrays.copyOf(disk.data(), KEPT_BYTES);
    byte[] stored = LinuxDisk.stored(further.scratch(), 0, KEPT_BYTES);
    linux.expectEqual("what was flushed before the pull, in the storage", md5(kept), md5(stored));
    plug(further);
    linux.run("kept", its, block, blocks(KEPT_BYTES));
    pull();
  }

  private void plug(LinuxDisk.Further further) {
    try {
      disk.guest().plug(further.peripheral());
      plugged = true;
    } catch (DriverException e) {
      throw trial.violation(
          "the driver opens while Linux runs", "it refused: " + e.getMessage(), e);
    } catch (GuestUnavailable e) {
      throw new NotRun(String.valueOf(e.getMessage()));
    }
  }

  private void pull() {
    if (plugged) {
      plugged = false;
      disk.guest().yank("further");
    }
  }

  void tellsItsLogs() {
    GuestOutput output = linux.run("nvme_logs", serial(), block);
    BlockIdentity identity = disk.facts().identity();
    linux.expectEqual("serial number", identity.serial(), linux.value(output, "sn"));
    linux.expectEqual("model", model(identity), linux.value(output, "mn"));
    linux.expectEqual("firmware", identity.revision(), linux.value(output, "fr"));
    linux.expectEqual(
        "namespace size",
        "0x" + Long.toHexString(disk.facts().geometry().blocks()),
        linux.value(output, "nsze"));
    linux.expectEqual("critical warning", "0", linux.value(output, "critical_warning"));
    linux.expectEqual("media errors", "0", linux.value(output, "media_errors"));
    if (count(output, "host_write_commands") < 16 || count(output, "host_read_commands") < 32) {
      throw trial.violation(
          "the health log counts 16 writes and 32 reads at least",
          "it counts %s and %s"
              .formatted(
                  linux.value(output, "host_write_commands"),
                  linux.value(output, "host_read_commands")));
    }
    linux.expectEqual("firmware slot in use", "0x1", linux.value(output, "afi"));
    if (!linux.value(output, "frs1").contains("(" + padded(identity.revision()) + ")")) {
      throw trial.violation(
          "firmware slot 1 holds " + identity.revision(), "it says " + linux.value(output, "frs1"));
    }
  }

  /** nvme-cli shows the blanks of a firmware revision as dots. */
  private static String padded(String revision) {
    return String.format(Locale.ROOT, "%-8s", revision).replace(' ', '.');
  }

  private static String model(BlockIdentity identity) {
    return identity.product();
  }

  private long count(GuestOutput output, String key) {
    return Long.parseLong(linux.value(output, key).replace(",", ""));
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
