package org.tenon.tck.mutants.net;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicHost;
import org.tenon.tck.mutants.Mutant;

/** Drivers that fill and return buffers wrongly. */
final class BufferMutants {
  private BufferMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "writes-past-the-frame",
            "fills the whole buffer behind a frame",
            NicVariation.pair(WritesPastTheFrame::new),
            "NET-018"),
        Mutant.of(
            "writes-past-the-buffer",
            "writes a byte past the buffer",
            NicVariation.pair(WritesPastTheBuffer::new),
            "NET-018"),
        Mutant.of(
            "cuts-long-frames-off",
            "hands over as much of a frame as its buffer holds",
            NicVariation.pair(CutsLongFramesOff::new),
            "NET-039",
            "NET-040",
            "NET-011"),
        Mutant.of(
            "parts-not-full",
            "leaves a byte free in each buffer of a long frame",
            NicVariation.pair(PartsNotFull::new),
            "NET-033"),
        Mutant.of(
            "last-part-missing",
            "marks the last part of a long frame as not the last",
            NicVariation.pair(LastPartMissing::new),
            "NET-034",
            "NET-040"),
        Mutant.of(
            "fills-the-last-buffer",
            "fills the buffer that was posted last",
            NicVariation.pair(FillsTheLastBuffer::new),
            "NET-035"),
        Mutant.of(
            "returns-while-it-serves",
            "returns every thirtieth buffer while it serves",
            NicVariation.pair(ReturnsWhileItServes::new),
            "NET-036"),
        Mutant.of(
            "does-not-count-drops",
            "does not count frames without a buffer",
            NicVariation.pair(DoesNotCountDrops::new),
            "NET-038"));
  }

  private static final class WritesPastTheFrame extends BaseNicPair {
    WritesPastTheFrame(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void fill(int tag, byte[] frame, int from, int bytes) {
      super.fill(tag, frame, from, bytes);
      if (room(tag) > bytes && buffers.segments(tag) == 1) {
        buffers.memory(tag, 0).set(ValueLayout.JAVA_BYTE, buffers.offset(tag, 0) + bytes, (byte) 0);
      }
    }
  }

  private static final class WritesPastTheBuffer extends BaseNicPair {
    WritesPastTheBuffer(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void fill(int tag, byte[] frame, int from, int bytes) {
      super.fill(tag, frame, from, bytes);
      buffers
          .memory(tag, 0)
          .set(ValueLayout.JAVA_BYTE, buffers.offset(tag, 0) + buffers.length(tag, 0), (byte) 1);
    }
  }

  private static final class CutsLongFramesOff extends BaseNicPair {
    CutsLongFramesOff(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void receive(byte[] frame, long word) {
      synchronized (posted) {
        int first = posted.isEmpty() ? frame.length : room(posted.getFirst());
        super.receive(Arrays.copyOf(frame, Math.min(first, frame.length)), word);
      }
    }
  }

  private static final class PartsNotFull extends BaseNicPair {
    PartsNotFull(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void handOver(int tag, int bytes, int flags, long word) {
      super.handOver(tag, flags == 0 ? bytes : bytes - 1, flags, word);
    }
  }

  private static final class LastPartMissing extends BaseNicPair {
    private boolean more;

    LastPartMissing(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void handOver(int tag, int bytes, int flags, long word) {
      super.handOver(tag, bytes, more ? NicHost.MORE : flags, word);
      more = flags != 0;
    }
  }

  private static final class FillsTheLastBuffer extends BaseNicPair {
    FillsTheLastBuffer(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int post(NicBatch batch) {
      synchronized (posted) {
        for (int i = 0; i < batch.size(); i++) {
          posted.addFirst(batch.tag(i));
        }
      }
      return batch.size();
    }
  }

  private static final class ReturnsWhileItServes extends BaseNicPair {
    private int count;

    ReturnsWhileItServes(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int post(NicBatch batch) {
      int accepted = super.post(batch);
      synchronized (posted) {
        int before = count;
        count += accepted;
        if (count / 30 > before / 30 && !posted.isEmpty()) {
          driver.host.returned(index, posted.removeLast());
        }
      }
      return accepted;
    }
  }

  private static final class DoesNotCountDrops extends BaseNicPair {
    DoesNotCountDrops(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void receive(byte[] frame, long word) {
      synchronized (posted) {
        if (!posted.isEmpty()) {
          super.receive(frame, word);
        }
      }
    }
  }
}
