package org.tenon.tck.mutants.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicOffload;
import org.tenon.tck.mutants.Mutant;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.FrameMaker;
import org.tenon.tck.net.packet.Layers;

/** Drivers that hold frames, and finish them, wrongly. */
final class OffloadMutants {
  private OffloadMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "keeps-the-batch",
            "reads the batch after the call",
            NicVariation.pair(KeepsTheBatch::new),
            "NET-031"),
        Mutant.of(
            "reads-after-return",
            "reads a frame's memory after giving it back",
            NicVariation.pair(ReadsAfterReturn::new),
            "NET-032"),
        Mutant.of(
            "blocks-in-transmit",
            "blocks while it has frames to send",
            NicVariation.pair(BlocksInTransmit::new),
            "NET-029"),
        Mutant.of(
            "leaves-checksum-out",
            "leaves the checksum that it took on itself",
            NicVariation.pair(LeavesChecksumOut::new),
            "NET-047"),
        Mutant.of(
            "sends-udp-without-checksum",
            "sends a UDP sum of zero as zero",
            NicVariation.pair(SendsUdpWithoutChecksum::new),
            "NET-047"),
        Mutant.of(
            "mends-checksums",
            "sets right the checksums that it was not asked about",
            NicVariation.pair(MendsChecksums::new),
            "NET-048"),
        Mutant.of(
            "same-identification",
            "gives all segments of a frame one IP identification",
            NicVariation.pair(SameIdentification::new),
            "NET-054",
            "NET-052"),
        Mutant.of(
            "push-in-every-segment",
            "keeps PSH in every segment",
            NicVariation.pair(PushInEverySegment::new),
            "NET-055"),
        Mutant.of(
            "congestion-in-every-segment",
            "keeps CWR in every segment",
            NicVariation.pair(CongestionInEverySegment::new),
            "NET-055"),
        Mutant.of(
            "drops-the-last-segment",
            "drops the last segment where it is short",
            NicVariation.pair(DropsTheLastSegment::new),
            "NET-052",
            "NET-053"),
        Mutant.of(
            "counts-cut-frames-once",
            "counts a cut frame as one",
            NicVariation.pair(CountsCutFramesOnce::new),
            "NET-065"),
        Mutant.of(
            "sends-while-down",
            "sends while the link is down",
            NicVariation.pair(SendsWhileDown::new),
            "NET-063"));
  }

  // no longer large

  private static final class KeepsTheBatch extends BaseNicPair {
    private @Nullable NicBatch last;

    KeepsTheBatch(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int transmit(NicBatch batch) {
      NicBatch before = last;
      last = batch;
      if (before != null) {
        before.size();
      }
      return super.transmit(batch);
    }
  }

  private static final class ReadsAfterReturn extends BaseNicPair {
    ReadsAfterReturn(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status) {
      MemorySegment memory = frames.memory(tag, 0);
      long offset = frames.offset(tag, 0);
      super.complete(tag, status);
      memory.get(ValueLayout.JAVA_BYTE, offset);
    }
  }

  private static final class BlocksInTransmit extends BaseNicPair {
    BlocksInTransmit(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int transmit(NicBatch batch) {
      int accepted = super.transmit(batch);
      if (batch.size() > 100) {
        LockSupport.parkNanos(Duration.ofMillis(1500).toNanos());
      }
      return accepted;
    }
  }

  private static final class LeavesChecksumOut extends BaseNicPair {
    LeavesChecksumOut(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      return NicOffload.cutting(offload) == NicOffload.WHOLE
          ? List.of(frame)
          : super.finish(frame, offload);
    }
  }

  private static final class SendsUdpWithoutChecksum extends BaseNicPair {
    SendsUdpWithoutChecksum(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      List<byte[]> done = super.finish(frame, offload);
      if (NicOffload.needsChecksum(offload) && done.size() == 1) {
        int at = NicOffload.checksumStart(offload) + NicOffload.checksumOffset(offload);
        byte[] only = done.getFirst();
        if (only[at] == -1 && only[at + 1] == -1) {
          only[at] = 0;
          only[at + 1] = 0;
        }
      }
      return done;
    }
  }

  private static final class MendsChecksums extends BaseNicPair {
    MendsChecksums(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      Layers layers = Layers.of(frame);
      if (offload != NicOffload.NONE || !layers.hasTransport()) {
        return super.finish(frame, offload);
      }
      byte[] mended = frame.clone();
      int field = layers.transport() + (layers.protocol() == Layers.TCP ? 16 : 6);
      mended[field] ^= (byte) (Checksums.areRight(frame) ? 0 : 1);
      return List.of(mended);
    }
  }

  private static final class SameIdentification extends BaseNicPair {
    SameIdentification(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      List<byte[]> done = super.finish(frame, offload);
      for (int i = 1; i < done.size(); i++) {
        byte[] segment = done.get(i);
        Layers layers = Layers.of(segment);
        if (layers.isIpv4()) {
          int at = layers.network() + 4;
          segment[at] = frame[at];
          segment[at + 1] = frame[at + 1];
        }
      }
      return done;
    }
  }

  private static final class PushInEverySegment extends BaseNicPair {
    PushInEverySegment(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      List<byte[]> done = super.finish(frame, offload);
      for (int i = 0; i < done.size() - 1; i++) {
        int at = Layers.of(frame).transport() + 13;
        done.get(i)[at] |= (byte) (frame[at] & FrameMaker.PSH);
      }
      return done;
    }
  }

  private static final class CongestionInEverySegment extends BaseNicPair {
    CongestionInEverySegment(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      return NicOffload.hasCongestion(offload)
          ? super.finish(
              frame,
              NicOffload.cut(
                  NicOffload.checksum(
                      NicOffload.checksumStart(offload), NicOffload.checksumOffset(offload)),
                  NicOffload.cutting(offload),
                  NicOffload.segmentSize(offload),
                  false))
          : super.finish(frame, offload);
    }
  }

  private static final class DropsTheLastSegment extends BaseNicPair {
    DropsTheLastSegment(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      List<byte[]> done = super.finish(frame, offload);
      boolean isShort = done.size() > 1 && done.getLast().length < done.getFirst().length;
      return isShort ? done.subList(0, done.size() - 1) : done;
    }
  }

  private static final class CountsCutFramesOnce extends BaseNicPair {
    private int inFrame;

    CountsCutFramesOnce(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      inFrame = 0;
      return super.finish(frame, offload);
    }

    @Override
    void count(byte[] left) {
      if (inFrame++ == 0) {
        super.count(left);
      }
    }
  }

  private static final class SendsWhileDown extends BaseNicPair {
    SendsWhileDown(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int judge(byte[] frame, long offload) {
      int status = super.judge(frame, offload);
      return status == Status.NOT_READY ? Status.OK : status;
    }
  }
}
