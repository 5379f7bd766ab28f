package org.tenon.tck.mutants;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockOperation;

/** Drivers that move the wrong bytes, or to the wrong place. */
final class DataMutants {
  private DataMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "last-block-refused",
            "takes the last block for the first one past the end",
            Variation.queue(LastBlock::new),
            "BLK-010",
            "BLK-019"),
        Mutant.of(
            "end-not-checked",
            "lets a request reach past the last block",
            Variation.queue(PastEnd::new),
            "BLK-011"),
        Mutant.of(
            "block-number-wraps",
            "keeps 32 bits of a block number",
            Variation.queue(Wraps::new),
            "BLK-012"),
        Mutant.of(
            "long-write-cut",
            "writes the first 64 KiB of a longer write",
            Variation.storage(CutsLong::new),
            "BLK-013",
            "BLK-016"),
        Mutant.of(
            "segments-reversed",
            "fills a read's segments from back to front",
            Variation.queue(Reversed::new),
            "BLK-016",
            "BLK-017"),
        Mutant.of(
            "read-tail-missing",
            "leaves the last byte of a read as it was",
            Variation.queue(NoTail::new),
            "BLK-016",
            "BLK-017"),
        Mutant.of(
            "neighbour-written",
            "rounds a write up to 4 KiB",
            Variation.storage(Neighbours::new),
            "BLK-018"),
        Mutant.of(
            "odd-segments-refused",
            "wants segments of whole blocks",
            Variation.queue(WholeSegments::new),
            "BLK-020"),
        Mutant.of(
            "write-memory-changed",
            "encrypts a write where it lies",
            Variation.queue(InPlace::new),
            "BLK-021"),
        Mutant.of(
            "stale-cache",
            "reads a block of one queue from what that queue last knew of it",
            Variation.storage(StaleCache::new),
            "BLK-022"),
        Mutant.of(
            "lengths-not-checked",
            "takes segments that do not add up",
            Variation.queue(AnyLength::new),
            "BLK-025"),
        Mutant.of(
            "read-only-ignored",
            "says OK to changes of a read-only image",
            Variation.queue(NotReadOnly::new),
            "BLK-027"),
        Mutant.of(
            "flush-changes-data",
            "clears the first block at each flush",
            Variation.storage(FlushClears::new),
            "BLK-037"),
        Mutant.of(
            "discard-unstable",
            "reads a discarded block as zeroes once, then as before",
            Variation.storage(Unstable::new),
            "BLK-044"),
        Mutant.of(
            "discard-resurrects",
            "shows, after a discard, what was there before the last write",
            Variation.storage(Resurrects::new),
            "BLK-044",
            "BLK-045"),
        Mutant.of(
            "discard-too-wide",
            "rounds a discard out to 4 KiB",
            Variation.storage(WideDiscard::new),
            "BLK-046"),
        Mutant.of(
            "zeroes-leave-edges",
            "zeroes the whole 4 KiB pages of a range only",
            Variation.storage(Edges::new),
            "BLK-047"),
        Mutant.of(
            "zeroes-too-wide",
            "rounds a write-zeroes out to 4 KiB",
            Variation.storage(WideZeroes::new),
            "BLK-048"),
        Mutant.of(
            "zeroes-past-end",
            "cuts a write-zeroes at the end of the device instead of refusing it",
            Variation.queue(CutZeroes::new),
            "BLK-049"));
  }

  // no longer large

  private static final class LastBlock extends BaseQueue {
    LastBlock(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      boolean last = requests.block(tag) + requests.blocks(tag) == driver.geometry().blocks();
      return status == Status.OK && last && requests.blocks(tag) > 0 ? Status.OUT_OF_RANGE : status;
    }
  }

  private static final class PastEnd extends BaseQueue {
    PastEnd(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      boolean write = requests.operation(tag) == BlockOperation.WRITE;
      boolean near = requests.block(tag) >= 0 && requests.block(tag) <= driver.geometry().blocks();
      return status == Status.OUT_OF_RANGE && write && near ? Status.OK : status;
    }
  }

  private static final class Wraps extends BaseQueue {
    Wraps(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      long wrapped = requests.block(tag) & 0xFFFF_FFFFL;
      boolean fits = driver.geometry().contains(wrapped, requests.blocks(tag));
      return status == Status.OUT_OF_RANGE && fits ? Status.OK : status;
    }

    @Override
    long offset(int tag) {
      return (requests.block(tag) & 0xFFFF_FFFFL) * BaseStorage.BLOCK;
    }
  }

  private static final class CutsLong extends BaseStorage {
    CutsLong(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      super.write(queue, data.limit(Math.min(data.limit(), 64 << 10)), offset, fua);
    }
  }

  private static final class Reversed extends BaseQueue {
    Reversed(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void scatter(ByteBuffer bytes, int tag) {
      for (int i = requests.segments(tag) - 1; i >= 0; i--) {
        Segments.copyOut(bytes, Segments.segment(requests, tag, i));
      }
    }
  }

  private static final class NoTail extends BaseQueue {
    NoTail(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void scatter(ByteBuffer bytes, int tag) {
      int last = requests.segments(tag) - 1;
      for (int i = 0; i <= last; i++) {
        MemorySegment segment = Segments.segment(requests, tag, i);
        Segments.copyOut(bytes, i < last ? segment : segment.asSlice(0, segment.byteSize() - 1));
      }
    }
  }

  private static final class Neighbours extends BaseStorage {
    Neighbours(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      long size = Math.min((data.limit() + 4095L) & ~4095L, channel().size() - offset);
      super.write(queue, ByteBuffer.allocate((int) size).put(data).rewind(), offset, fua);
    }
  }

  private static final class WholeSegments extends BaseQueue {
    WholeSegments(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      for (int i = 0; i < requests.segments(tag); i++) {
        if (requests.length(tag, i) % BaseStorage.BLOCK != 0) {
          return Status.INVALID;
        }
      }
      return super.check(tag);
    }
  }

  private static final class InPlace extends BaseQueue {
    InPlace(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void gather(int tag, ByteBuffer bytes) {
      super.gather(tag, bytes);
      MemorySegment first = Segments.segment(requests, tag, 0);
      first.set(ValueLayout.JAVA_BYTE, 0, (byte) ~first.get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  private static final class StaleCache extends BaseStorage {
    private final Map<Integer, Map<Long, byte[]>> caches = new HashMap<>();

    StaleCache(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      Map<Long, byte[]> cache = caches.computeIfAbsent(queue, q -> new HashMap<>());
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        byte[] now = new byte[BLOCK];
        target.get(at, now);
        target.put(at, cache.computeIfAbsent(offset + at, where -> now));
      }
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      forget(queue, offset, data.limit());
      super.write(queue, data, offset, fua);
    }

    @Override
    synchronized void zero(int queue, long offset, long length, boolean fua) throws IOException {
      forget(queue, offset, length);
      super.zero(queue, offset, length, fua);
    }

    private void forget(int queue, long offset, long length) {
      Map<Long, byte[]> cache = caches.computeIfAbsent(queue, q -> new HashMap<>());
      for (long at = offset; at < offset + length; at += BLOCK) {
        cache.remove(at);
      }
    }
  }

  private static final class AnyLength extends BaseQueue {
    AnyLength(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      boolean fits = driver.geometry().contains(requests.block(tag), requests.blocks(tag));
      return status == Status.INVALID && fits && requests.blocks(tag) > 0 ? Status.OK : status;
    }

    @Override
    ByteBuffer buffer(int length) {
      return ByteBuffer.allocate(1 << 20).limit(length);
    }

    @Override
    void gather(int tag, ByteBuffer bytes) {
      int length = bytes.limit();
      super.gather(tag, bytes.limit(bytes.capacity()));
      bytes.position(length);
    }

    @Override
    void scatter(ByteBuffer bytes, int tag) {
      super.scatter(bytes.limit(bytes.capacity()), tag);
    }
  }

  private static final class NotReadOnly extends BaseQueue {
    NotReadOnly(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      return status == Status.READ_ONLY ? Status.OK : status;
    }

    @Override
    void dispatch(int tag) throws IOException {
      if (!driver.geometry().readOnly() || requests.operation(tag) == BlockOperation.READ) {
        super.dispatch(tag);
      }
    }
  }

  private static final class FlushClears extends BaseStorage {
    FlushClears(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void flush(int queue) throws IOException {
      put(ByteBuffer.allocate(BLOCK), 0);
      super.flush(queue);
    }
  }

  private static final class Unstable extends BaseStorage {
    private final Map<Long, Integer> readings = new HashMap<>();

    Unstable(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void discard(int queue, long offset, long length) {
      for (long at = offset; at < offset + length; at += BLOCK) {
        readings.put(at, 0);
      }
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        if (readings.containsKey(offset + at)
            && readings.merge(offset + at, 1, Integer::sum) == 1) {
          target.put(at, new byte[BLOCK]);
        }
      }
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      for (long at = offset; at < offset + data.limit(); at += BLOCK) {
        readings.remove(at);
      }
      super.write(queue, data, offset, fua);
    }
  }

  private static final class Resurrects extends BaseStorage {
    private final Map<Long, byte[]> older = new HashMap<>();

    Resurrects(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      for (int at = 0; at < data.limit(); at += BLOCK) {
        ByteBuffer before = ByteBuffer.allocate(BLOCK);
        read(queue, before, offset + at);
        older.put(offset + at, before.array());
      }
      super.write(queue, data, offset, fua);
    }

    @Override
    synchronized void discard(int queue, long offset, long length) throws IOException {
      for (long at = offset; at < offset + length; at += BLOCK) {
        put(ByteBuffer.wrap(older.getOrDefault(at, new byte[BLOCK])), at);
      }
    }
  }

  private static final class WideDiscard extends BaseStorage {
    WideDiscard(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void discard(int queue, long offset, long length) throws IOException {
      long from = offset & ~4095L;
      long to = Math.min((offset + length + 4095) & ~4095L, channel().size());
      super.discard(queue, from, to - from);
    }
  }

  private static final class Edges extends BaseStorage {
    Edges(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void zero(int queue, long offset, long length, boolean fua) throws IOException {
      long from = (offset + 4095) & ~4095L;
      long to = (offset + length) & ~4095L;
      super.zero(queue, from, Math.max(0, to - from), fua);
    }

    @Override
    void discard(int queue, long offset, long length) throws IOException {
      super.zero(queue, offset, length, false);
    }
  }

  private static final class WideZeroes extends BaseStorage {
    WideZeroes(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void zero(int queue, long offset, long length, boolean fua) throws IOException {
      long from = offset & ~4095L;
      long to = Math.min((offset + length + 4095) & ~4095L, channel().size());
      super.zero(queue, from, to - from, fua);
    }

    @Override
    void discard(int queue, long offset, long length) throws IOException {
      super.zero(queue, offset, length, false);
    }
  }

  private static final class CutZeroes extends BaseQueue {
    CutZeroes(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      boolean zeroes = requests.operation(tag) == BlockOperation.WRITE_ZEROES;
      boolean begins = driver.geometry().contains(requests.block(tag), 1);
      return status == Status.OUT_OF_RANGE && zeroes && begins ? Status.OK : status;
    }

    @Override
    void dispatch(int tag) throws IOException {
      if (driver.geometry().contains(requests.block(tag), requests.blocks(tag))) {
        super.dispatch(tag);
      } else {
        long rest = driver.geometry().bytes() - offset(tag);
        driver.storage().zero(index, offset(tag), rest, false);
      }
    }
  }
}
