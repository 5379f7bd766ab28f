package org.tenon.kit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicOffer;

/**
 * The NIC harness finds no fault in a right driver, and names the clause that a wrong one breaks.
 */
class NicHarnessTest {
  private final byte[] frame = new byte[100];

  @Test
  void leadsADriverThroughItsLife() throws Exception {
    try (NicHarness nic = NicHarness.open(new EchoNic.Factory(), Map.of())) {
      nic.send(frame);
      assertThat(nic.receive().bytes()).isEqualTo(frame);
      nic.quiesce();
      assertThat(nic.posted()).isEmpty();
      assertThat(nic.state()).isEqualTo(LifeCycle.State.QUIESCED);
      nic.resume();
      nic.reset();
      nic.awaitBuffers();
      assertThat(nic.posted()).hasSize(64);
      nic.send(frame);
      assertThat(nic.receive().buffers()).isEqualTo(1);
      assertThat(nic.faults()).isEmpty();
    }
  }

  @Test
  void postsNoBuffersWhereNoneAreWanted() throws Exception {
    try (NicHarness nic = NicHarness.of(new EchoNic.Factory()).buffers(0, 1).open()) {
      nic.send(frame);
      Posting posting = nic.post(0, List.of(NicBuffer.segments(200).misaligned(3))).getFirst();
      nic.awaitBuffers();
      nic.send(frame);
      assertThat(nic.receive().bytes()).isEqualTo(frame);
      assertThat(posting.await()).isEqualTo(frame.length);
      assertThat(nic.posted()).isEmpty();
    }
  }

  @Test
  void offersExactlyOnce() throws Exception {
    try (NicHarness nic = NicHarness.open(new EchoNic.Factory(), Map.of())) {
      List<Sending> offered = nic.offer(0, List.of(NicFrame.of(frame), NicFrame.of(frame)));
      assertThat(offered).allMatch(Sending::isAccepted);
      assertThat(offered.getLast().await()).isEqualTo(Status.OK);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETES_TWICE, NET-025",
    "WRITES_BEYOND, NET-018",
    "READS_AFTERWARDS, NET-032",
    "KEEPS_BUFFERS, NET-072",
    "SPEAKS_OF_CHECKSUMS, NET-005"
  })
  void namesTheClauseThatIsBroken(EchoNic.Defect defect, String clause) throws Exception {
    NicHarness nic = NicHarness.of(new EchoNic.Factory(defect)).lenient().open();
    nic.awaitBuffers();
    nic.transmit(0, NicFrame.of(frame)).await();
    nic.close();
    assertThat(nic.faults()).extracting(Fault::clause).contains(ClauseId.parse(clause));
  }

  @Test
  void agreementBeyondTheOfferIsAFault() throws Exception {
    EchoNic.Factory greedy =
        new EchoNic.Factory() {
          @Override
          public NicAgreement negotiate(NicOffer offer) {
            NicOffer more = NicOffer.of(offer.capabilities(), 8, 16);
            return more.accept().queuePairs(8).build();
          }
        };
    NicHarness nic = NicHarness.of(greedy).lenient().openOnly();
    nic.close();
    assertThat(nic.faults()).extracting(Fault::clause).contains(ClauseId.parse("NET-001"));
  }
}
