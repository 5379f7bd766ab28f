package org.tenon.kit.testing;

import org.tenon.api.Fault;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;

/** What was agreed about frames that come. The card's limit is known once it is open. */
final class ReceiveRules {
  private final NicAgreement agreement;
  private volatile int maxFrameBytes = Integer.MAX_VALUE;

  ReceiveRules(NicAgreement agreement) {
    this.agreement = agreement;
  }

  void open(NicProperties properties) {
    maxFrameBytes = properties.maxFrameBytes();
  }

  /** Reports flags and offload of a part that were not agreed. */
  void checkFlags(Posting posting, int flags, long offload, FaultLog faults) {
    if ((flags & ~NicHost.MORE) != 0) {
      report(posting, faults, "flags 0x%x, which are not defined".formatted(flags));
    }
    if ((flags & NicHost.MORE) != 0 && !agreement.has(NicCapabilities.SCATTERED_RECEIVE)) {
      report(posting, faults, "a frame in several buffers");
    }
    boolean speaksOfChecksum =
        NicOffload.needsChecksum(offload) || NicOffload.isChecksumValid(offload);
    if (speaksOfChecksum && !agreement.has(NicCapabilities.RECEIVE_CHECKSUM)) {
      report(posting, faults, "a word on the checksum");
    }
    int cutting = NicOffload.cutting(offload);
    boolean joined = cutting == NicOffload.TCP4 || cutting == NicOffload.TCP6;
    if (joined ? !agreement.has(NicCapabilities.RECEIVE_JOINED) : cutting != NicOffload.WHOLE) {
      report(posting, faults, "a joined frame (cutting %d)".formatted(cutting));
    }
  }

  /** Reports a whole frame that is longer than any that may come. */
  void checkFrame(Posting posting, ReceivedFrame frame, FaultLog faults) {
    boolean whole = NicOffload.cutting(frame.offload()) == NicOffload.WHOLE;
    if (whole && frame.bytes().length > maxFrameBytes) {
      faults.report(
          NicClauses.TOO_LONG,
          Fault.Kind.BAD_ANSWER,
          posting,
          "handed over a frame of %d bytes; the longest has %d"
              .formatted(frame.bytes().length, maxFrameBytes));
    }
  }

  private static void report(Posting posting, FaultLog faults, String what) {
    faults.report(
        NicClauses.AGREED_ONLY,
        Fault.Kind.NOT_AGREED,
        posting,
        "handed over " + what + ", which was not agreed");
  }
}
