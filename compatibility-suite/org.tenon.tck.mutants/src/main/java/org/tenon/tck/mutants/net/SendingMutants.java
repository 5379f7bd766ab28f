package org.tenon.tck.mutants.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.tenon.api.Status;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicOffload;
import org.tenon.tck.mutants.Mutant;

/** Drivers that send wrongly. */
final class SendingMutants {
  private SendingMutants() {}

  // large on purpose: a list with one entry for each mutant
  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "drops-last-byte",
            "sends odd frames without their last byte",
            NicVariation.pair(DropsLastByte::new),
            "NET-010",
            "NET-012",
            "NET-020"),
        Mutant.of(
            "pads-short-frames",
            "pads short frames to 60 bytes",
            NicVariation.pair(PadsShortFrames::new),
            "NET-010",
            "NET-012"),
        Mutant.of(
            "sends-too-long",
            "sends frames longer than its limit",
            NicVariation.pair(SendsTooLong::new),
            "NET-013"),
        Mutant.of(
            "sends-runts",
            "sends frames shorter than an Ethernet header",
            NicVariation.pair(SendsRunts::new),
            "NET-014"),
        Mutant.of(
            "first-segment-only",
            "sends the first memory segment twice where a frame has more",
            NicVariation.pair(FirstSegmentOnly::new),
            "NET-016"),
        Mutant.of(
            "finishes-in-place",
            "writes the checksum into the guest's memory",
            NicVariation.pair(FinishesInPlace::new),
            "NET-019"),
        Mutant.of(
            "last-in-first-out",
            "sends the frame that came last first",
            NicVariation.pair(LastInFirstOut::new),
            "NET-020"),
        Mutant.of(
            "strips-vlan-tag",
            "takes the VLAN tag off what it sends",
            NicVariation.pair(StripsVlanTag::new),
            "NET-022",
            "NET-056"),
        Mutant.of(
            "sends-twice",
            "sends every seventeenth frame twice",
            NicVariation.pair(SendsTwice::new),
            "NET-023",
            "NET-020",
            "NET-010"),
        Mutant.of(
            "completes-twice",
            "completes every fiftieth frame twice",
            NicVariation.pair(CompletesTwice::new),
            "NET-025"),
        Mutant.of(
            "forgets-a-frame",
            "never gives every hundredth frame back",
            NicVariation.pair(ForgetsAFrame::new),
            "NET-025"),
        Mutant.of(
            "completes-unknown",
            "completes a tag that it was never given",
            NicVariation.pair(CompletesUnknown::new),
            "NET-027"),
        Mutant.of(
            "answers-more",
            "says that it accepted more than it was offered",
            NicVariation.pair(AnswersMore::new),
            "NET-028"));
  }

  // no longer large

  private static final class DropsLastByte extends BaseNicPair {
    DropsLastByte(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      boolean spoil = NicOffload.cutting(offload) == NicOffload.WHOLE && frame.length % 2 == 1;
      return spoil && frame.length > 14
          ? List.of(Arrays.copyOf(frame, frame.length - 1))
          : super.finish(frame, offload);
    }
  }

  private static final class PadsShortFrames extends BaseNicPair {
    PadsShortFrames(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      return frame.length < 60 ? List.of(Arrays.copyOf(frame, 60)) : super.finish(frame, offload);
    }
  }

  private static final class SendsTooLong extends BaseNicPair {
    SendsTooLong(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int judge(byte[] frame, long offload) {
      boolean whole = NicOffload.cutting(offload) == NicOffload.WHOLE;
      return whole && frame.length > driver.properties().maxFrameBytes()
          ? Status.OK
          : super.judge(frame, offload);
    }
  }

  private static final class SendsRunts extends BaseNicPair {
    SendsRunts(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int judge(byte[] frame, long offload) {
      return frame.length < 14 ? Status.OK : super.judge(frame, offload);
    }
  }

  private static final class FirstSegmentOnly extends BaseNicPair {
    FirstSegmentOnly(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    byte[] read(int tag) {
      byte[] frame = super.read(tag);
      int first = frames.length(tag, 0);
      if (frames.segments(tag) > 1) {
        System.arraycopy(frame, 0, frame, first, Math.min(first, frame.length - first));
      }
      return frame;
    }
  }

  private static final class FinishesInPlace extends BaseNicPair {
    FinishesInPlace(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int send(int tag) {
      long offload = frames.offload(tag);
      int status = super.send(tag);
      if (status == Status.OK && frames.segments(tag) > 0 && frames.length(tag, 0) > 20) {
        MemorySegment memory = frames.memory(tag, 0);
        memory.set(ValueLayout.JAVA_BYTE, frames.offset(tag, 0) + 16, (byte) offload);
      }
      return status;
    }
  }

  private static final class LastInFirstOut extends BaseNicPair {
    LastInFirstOut(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int next(Deque<Integer> queue) {
      return queue.removeLast();
    }
  }

  private static final class StripsVlanTag extends BaseNicPair {
    StripsVlanTag(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      if (frame.length < 18 || frame[12] != (byte) 0x81 || frame[13] != 0) {
        return super.finish(frame, offload);
      }
      byte[] bare = new byte[frame.length - 4];
      System.arraycopy(frame, 0, bare, 0, 12);
      System.arraycopy(frame, 16, bare, 12, frame.length - 16);
      return List.of(bare);
    }
  }

  private static final class SendsTwice extends BaseNicPair {
    private int count;

    SendsTwice(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    List<byte[]> finish(byte[] frame, long offload) {
      List<byte[]> once = super.finish(frame, offload);
      return ++count % 17 == 0 ? List.of(once.getFirst(), once.getFirst()) : once;
    }
  }

  private static final class CompletesTwice extends BaseNicPair {
    private int count;

    CompletesTwice(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status) {
      super.complete(tag, status);
      if (++count % 50 == 0) {
        super.complete(tag, status);
      }
    }
  }

  private static final class ForgetsAFrame extends BaseNicPair {
    private int count;

    ForgetsAFrame(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status) {
      if (++count % 100 != 0) {
        super.complete(tag, status);
      }
    }
  }

  private static final class CompletesUnknown extends BaseNicPair {
    CompletesUnknown(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void complete(int tag, int status) {
      super.complete(tag, status);
      driver.host.transmitted(index, driver.agreement.queueDepth() + 7, status);
    }
  }

  private static final class AnswersMore extends BaseNicPair {
    AnswersMore(BaseNicDriver driver, int index) {
      super(driver, index);
    }

    @Override
    public int transmit(NicBatch batch) {
      return super.transmit(batch) + 1;
    }
  }
}
