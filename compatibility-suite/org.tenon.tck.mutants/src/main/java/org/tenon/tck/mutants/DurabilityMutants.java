package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tenon.spi.block.BlockAgreement;

/** Drivers that lose, tear or invent data when the power is cut or the process killed. */
final class DurabilityMutants {
  private DurabilityMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "flush-does-nothing",
            "acknowledges a flush before the storage has",
            Variation.storage(NoFlush::new),
            "BLK-038"),
        Mutant.of(
            "flush-of-own-queue",
            "flushes only what its own queue wrote",
            Variation.storage(OwnQueue::new),
            "BLK-038"),
        Mutant.of(
            "flush-in-wrong-order",
            "forces the storage before it writes its cache back",
            Variation.storage(WrongOrder::new),
            "BLK-038"),
        Mutant.of(
            "fua-ignored",
            "acknowledges a write with FUA before the storage has",
            Variation.storage(NoFua::new),
            "BLK-039"),
        Mutant.of(
            "no-flush-not-durable",
            "keeps a cache although nobody can flush it",
            Variation.storage(AlwaysCached::new),
            "BLK-040"),
        Mutant.of(
            "zeroes-not-flushed",
            "forgets zeroed ranges over a power cut, flush or not",
            Variation.storage(VolatileZeroes::new),
            "BLK-041"),
        Mutant.of(
            "half-blocks",
            "writes each block in two halves",
            Variation.storage(Halves::new),
            "BLK-042"),
        Mutant.of(
            "erase-before-write",
            "fills blocks with ones before it writes them",
            Variation.storage(Erases::new),
            "BLK-043"),
        Mutant.of(
            "fua-zeroes-ignored",
            "acknowledges a write-zeroes with FUA before the storage has",
            Variation.storage(NoFuaZeroes::new),
            "BLK-051"),
        Mutant.of(
            "written-at-close",
            "keeps writes to itself until it is closed in order",
            Variation.storage(AtClose::new),
            "BLK-038",
            "BLK-039",
            "BLK-058"),
        Mutant.of(
            "replays-at-open",
            "carries out the last write of the life before once more",
            new Replays(),
            "BLK-059",
            "BLK-052"));
  }

  // no longer large

  private static final class NoFlush extends BaseStorage {
    NoFlush(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void flush(int queue) {}
  }

  private static final class OwnQueue extends BaseStorage {
    private final Set<Integer> dirty = new HashSet<>();

    OwnQueue(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      super.write(queue, data, offset, fua);
      dirty.add(queue);
    }

    @Override
    synchronized void flush(int queue) throws IOException {
      if (dirty.remove(queue)) {
        super.flush(queue);
      }
    }
  }

  /** Keeps blocks in memory until {@link #writeBack}. */
  private static class Cached extends BaseStorage {
    private final Map<Long, byte[]> cache = new TreeMap<>();

    Cached(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void put(ByteBuffer data, long offset) throws IOException {
      for (int at = 0; at < data.limit(); at += BLOCK) {
        byte[] block = new byte[BLOCK];
        data.get(at, block);
        cache.put(offset + at, block);
      }
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        byte[] block = cache.get(offset + at);
        if (block != null) {
          target.put(at, block);
        }
      }
    }

    final synchronized void writeBack() throws IOException {
      for (Map.Entry<Long, byte[]> block : cache.entrySet()) {
        super.put(ByteBuffer.wrap(block.getValue()), block.getKey());
      }
      cache.clear();
    }

    @Override
    void close() throws IOException {
      writeBack();
      super.close();
    }
  }

  private static final class WrongOrder extends Cached {
    WrongOrder(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void settle(int queue, boolean fua) throws IOException {
      if (fua) {
        writeBack();
        channel().force(false);
      }
    }

    @Override
    synchronized void flush(int queue) throws IOException {
      super.flush(queue);
      writeBack();
    }
  }

  private static final class AtClose extends Cached {
    AtClose(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void settle(int queue, boolean fua) {}

    @Override
    void flush(int queue) {}
  }

  private static final class NoFua extends BaseStorage {
    NoFua(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      super.write(queue, data, offset, false);
    }
  }

  private static final class AlwaysCached extends BaseStorage {
    AlwaysCached(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void settle(int queue, boolean fua) throws IOException {
      if (fua) {
        channel().force(false);
      }
    }
  }

  private static final class VolatileZeroes extends BaseStorage {
    private final Set<Long> zeroed = new HashSet<>();

    VolatileZeroes(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void zero(int queue, long offset, long length, boolean fua) throws IOException {
      if (fua) {
        super.zero(queue, offset, length, true);
      } else {
        for (long at = offset; at < offset + length; at += BLOCK) {
          zeroed.add(at);
        }
      }
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      for (long at = offset; at < offset + data.limit(); at += BLOCK) {
        zeroed.remove(at);
      }
      super.write(queue, data, offset, fua);
    }

    @Override
    synchronized void read(int queue, ByteBuffer target, long offset) throws IOException {
      super.read(queue, target, offset);
      for (int at = 0; at < target.limit(); at += BLOCK) {
        if (zeroed.contains(offset + at)) {
          target.put(at, new byte[BLOCK]);
        }
      }
    }

    @Override
    void close() throws IOException {
      for (long at : zeroed) {
        put(ByteBuffer.allocate(BLOCK), at);
      }
      super.close();
    }
  }

  private static final class Halves extends BaseStorage {
    Halves(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void put(ByteBuffer data, long offset) throws IOException {
      for (int at = 0; at < data.limit(); at += BLOCK / 2) {
        super.put(data.slice(at, BLOCK / 2), offset + at);
      }
    }
  }

  private static final class Erases extends BaseStorage {
    Erases(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      byte[] ones = new byte[data.limit()];
      Arrays.fill(ones, (byte) 0xFF);
      put(ByteBuffer.wrap(ones), offset);
      super.write(queue, data, offset, fua);
    }
  }

  private static final class NoFuaZeroes extends BaseStorage {
    NoFuaZeroes(FileChannel channel, BlockAgreement agreement) {
      super(channel, agreement);
    }

    @Override
    void zero(int queue, long offset, long length, boolean fua) throws IOException {
      super.zero(queue, offset, length, false);
    }
  }

  /** Notes each write with FUA in a file beside the image, and never strikes it out. */
  private static final class Replays extends BaseFactory {
    @Override
    BaseStorage newStorage(Path image, FileChannel channel, BlockAgreement agreement)
        throws IOException {
      Path journal = image.resolveSibling(image.getFileName() + ".journal");
      BaseStorage storage = new Journalled(channel, agreement, journal);
      if (Files.exists(journal) && Files.size(journal) > Long.BYTES) {
        ByteBuffer note = ByteBuffer.wrap(Files.readAllBytes(journal));
        long offset = note.getLong();
        storage.put(note.slice(), offset);
      }
      return storage;
    }
  }

  private static final class Journalled extends BaseStorage {
    private final Path journal;

    Journalled(FileChannel channel, BlockAgreement agreement, Path journal) {
      super(channel, agreement);
      this.journal = journal;
    }

    @Override
    synchronized void write(int queue, ByteBuffer data, long offset, boolean fua)
        throws IOException {
      if (fua) {
        byte[] note = new byte[Long.BYTES + data.limit()];
        ByteBuffer.wrap(note).putLong(offset).put(data.duplicate());
        Files.write(journal, note);
      }
      super.write(queue, data, offset, fua);
    }
  }
}
