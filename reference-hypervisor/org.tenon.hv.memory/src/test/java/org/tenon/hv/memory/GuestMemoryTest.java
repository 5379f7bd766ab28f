package org.tenon.hv.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuestMemoryTest {
  private static final long MIB = 1 << 20;

  @Test
  void splitPutsTheRestAboveFourGib() {
    RamLayout layout = RamLayout.split(5 * MIB, 3 * MIB);
    assertThat(layout.ranges())
        .containsExactly(
            new RamLayout.Range(0, 3 * MIB), new RamLayout.Range(RamLayout.FOUR_GIB, 2 * MIB));
    assertThat(layout.size()).isEqualTo(5 * MIB);
    assertThat(RamLayout.split(3 * MIB, 3 * MIB)).isEqualTo(RamLayout.flat(3 * MIB));
  }

  @Test
  void layoutRefusesOverlapAndMisalignment() {
    assertThatThrownBy(() ->
            new RamLayout(List.of(new RamLayout.Range(0, 8192), new RamLayout.Range(4096, 4096))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("overlap");
    assertThatThrownBy(() -> new RamLayout.Range(1, 4096)).hasMessageContaining("page size");
    assertThatThrownBy(() -> new RamLayout.Range(0, 1L << 53)).hasMessageContaining("52-bit");
    assertThatThrownBy(() -> new RamLayout.Range(Long.MAX_VALUE & -4096, 4096))
        .hasMessageContaining("52-bit");
  }

  @ParameterizedTest
  @EnumSource
  @EnabledOnOs(OS.LINUX)
  void ramIsZeroedWritableAndReleased(RamBacking backing) throws IOException {
    GuestMemory memory = GuestMemory.allocate(RamLayout.split(2 * MIB, MIB), backing);
    assertThat(memory.size()).isEqualTo(2 * MIB);
    for (MemoryRegion region : memory.regions()) {
      assertThat(region.segment().byteSize()).isEqualTo(region.size());
      assertThat(region.segment().address() % DirtyPages.PAGE_SIZE).isZero();
      assertThat(region.segment().get(JAVA_LONG, region.size() - 8)).isZero();
      region.segment().set(JAVA_LONG, region.size() - 8, 42);
    }
    MemorySegment segment = memory.region(0).segment();
    memory.close();
    memory.close();
    assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memfdIsSharedThroughItsDescriptorAndCannotShrink() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(MIB), RamBacking.MEMFD)) {
      MemoryRegion region = memory.region(0);
      Path file = Path.of("/proc/self/fd/" + region.fileDescriptor());
      assertThat(Files.size(file)).isEqualTo(MIB);
      try (FileChannel peer =
              FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
          Arena arena = Arena.ofConfined()) {
        MemorySegment view = peer.map(FileChannel.MapMode.READ_WRITE, 0, MIB, arena);
        view.set(JAVA_LONG, 4096, 0x1122334455667788L);
        assertThat(region.segment().get(JAVA_LONG, 4096)).isEqualTo(0x1122334455667788L);
        assertThatThrownBy(() -> peer.truncate(4096)).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void translationAgreesWithArithmeticOnWideIntegers() {
    try (Arena arena = Arena.ofShared()) {
      List<MemoryRegion> regions =
          List.of(
              MemoryRegion.over(0, arena.allocate(8192, 4096)),
              MemoryRegion.over(8192, arena.allocate(4096, 4096)),
              MemoryRegion.over(RamLayout.FOUR_GIB, arena.allocate(12288, 4096)));
      GuestMemory memory = GuestMemory.over(regions);
      Random random = new Random(7);
      long[] anchors = {
        0,
        8192,
        12288,
        RamLayout.FOUR_GIB,
        RamLayout.FOUR_GIB + 12288,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
      };
      long hits = 0;
      for (int i = 0; i < 200_000; i++) {
        long gpa = anchors[random.nextInt(anchors.length)] + random.nextInt(9000) - 4500;
        long length =
            random.nextInt(4) == 0
                ? anchors[random.nextInt(anchors.length)] + random.nextInt(3) - 1
                : random.nextInt(9000);
        MemoryRegion expected = null;
        for (MemoryRegion region : regions) {
          if (length >= 0 && within(region, gpa, length)) {
            expected = region;
            break;
          }
        }
        MemoryRegion found = memory.find(gpa, length);
        assertThat(found).as("gpa 0x%x length 0x%x", gpa, length).isSameAs(expected);
        hits += found == null ? 0 : 1;
      }
      assertThat(hits).isBetween(10_000L, 190_000L);
    }
  }

  private static boolean within(MemoryRegion region, long gpa, long length) {
    BigInteger start = new BigInteger(Long.toUnsignedString(gpa));
    BigInteger base = BigInteger.valueOf(region.base());
    return start.compareTo(base) >= 0
        && start
                .add(BigInteger.valueOf(length))
                .compareTo(base.add(BigInteger.valueOf(region.size())))
            <= 0;
  }

  @Test
  void copiesAreWholeOrNothing() {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(8192))) {
      byte[] bytes = {1, 2, 3, 4};
      assertThat(memory.write(8190, MemorySegment.ofArray(bytes))).isFalse();
      assertThat(memory.region(0).segment().get(JAVA_BYTE, 8190)).isZero();
      assertThat(memory.write(8188, MemorySegment.ofArray(bytes))).isTrue();
      byte[] back = new byte[4];
      assertThat(memory.read(8188, MemorySegment.ofArray(back))).isTrue();
      assertThat(back).isEqualTo(bytes);
      assertThat(memory.read(-1, MemorySegment.ofArray(back))).isFalse();
    }
  }

  @Test
  void revokedLeaseShutsTheBorrowerOutAndNobodyElse() {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(8192))) {
      MemoryRegion region = memory.region(0);
      MemoryLease lease = memory.lease();
      MemorySegment lent = lease.view(region);
      lent.set(JAVA_BYTE, 5, (byte) 9);
      assertThat(region.segment().get(JAVA_BYTE, 5)).isEqualTo((byte) 9);
      assertThat(lease.revoke()).isTrue();
      assertThat(lease.revoke()).isTrue();
      assertThatThrownBy(() -> lent.set(JAVA_BYTE, 5, (byte) 1))
          .isInstanceOf(IllegalStateException.class);
      assertThat(region.segment().get(JAVA_BYTE, 5)).isEqualTo((byte) 9);
    }
  }

  @Test
  void closeEndsWhatIsStillLent() {
    GuestMemory memory = GuestMemory.allocate(RamLayout.flat(8192));
    MemorySegment lent = memory.lease().view(memory.region(0));
    memory.close();
    assertThatThrownBy(() -> lent.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void dirtyPagesAreDrainedOnce() {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(256 * 4096))) {
      MemoryRegion region = memory.region(0);
      region.markDirty(0, 4096);
      assertThat(region.dirty()).isNull();
      long[] bitmap = new long[DirtyPages.words(region.size())];
      DirtyPages pages = region.startTracking();
      assertThat(pages.drain(bitmap)).isEqualTo(256);
      assertThat(pages.drain(bitmap)).isZero();
      region.markDirty(4095, 2);
      region.markDirty(65 * 4096, 1);
      region.markDirty(255 * 4096, Long.MAX_VALUE);
      region.markDirty(-1, 10);
      region.markDirty(5, 0);
      assertThat(pages.drain(bitmap)).isEqualTo(4);
      assertThat(bitmap).containsExactly(3, 2, 0, 1L << 63);
      region.stopTracking();
      assertThat(region.dirty()).isNull();
    }
  }

  @Test
  void marksFromManyThreadsAreNotLost() throws InterruptedException {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1024 * 4096))) {
      MemoryRegion region = memory.region(0);
      DirtyPages pages = region.startTracking();
      long[] seen = new long[DirtyPages.words(region.size())];
      pages.drain(new long[seen.length]);
      Thread[] writers = new Thread[4];
      for (int t = 0; t < writers.length; t++) {
        int first = t;
        writers[t] =
            new Thread(() -> {
              for (int page = first; page < 1024; page += writers.length) {
                region.markDirty(page * 4096L, 1);
              }
            });
        writers[t].start();
      }
      long[] part = new long[seen.length];
      boolean running = true;
      while (running) {
        running = false;
        for (Thread writer : writers) {
          running |= writer.isAlive();
        }
        pages.drain(part);
        for (int i = 0; i < seen.length; i++) {
          seen[i] |= part[i];
        }
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(seen).containsOnly(-1L);
    }
  }

  @ParameterizedTest
  @EnumSource
  @EnabledOnOs(OS.LINUX)
  void whatIsDiscardedIsZeroAndTheRestStays(RamBacking backing) throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(MIB), backing)) {
      MemoryRegion region = memory.region(0);
      List<Long> written = new ArrayList<>();
      memory.onWrite((address, length) -> written.add(address << 32 | length));
      region.segment().fill((byte) 7);
      region.discard(0x3000, 0x5000);
      region.discard(0x10123, 0x100);
      region.discard(0x20000, 0);
      for (long at = 0; at < MIB; at++) {
        boolean discarded = (at >= 0x3000 && at < 0x8000) || (at >= 0x10123 && at < 0x10223);
        if (region.segment().get(JAVA_BYTE, at) != (discarded ? 0 : 7)) {
          throw new AssertionError("at 0x%x".formatted(at));
        }
      }
      assertThat(written).containsExactly(0x3000_00005000L, 0x10123_00000100L, 0x20000_00000000L);
      region.segment().set(JAVA_BYTE, 0x4000, (byte) 1);
      assertThat(region.segment().get(JAVA_BYTE, 0x4000)).isEqualTo((byte) 1);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theHostGetsDiscardedPagesBack() throws IOException {
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(64 * MIB), RamBacking.MEMFD)) {
      MemoryRegion region = memory.region(0);
      long before = shared();
      region.segment().fill((byte) 7);
      long full = shared();
      region.discard(0, 48 * MIB);
      long after = shared();
      assertThat(full - before).isGreaterThan(60 * MIB);
      assertThat(full - after).isGreaterThan(44 * MIB);
    }
  }

  /** Shared memory of this process that is resident (proc(5), RssShmem). */
  private static long shared() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssShmem:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
