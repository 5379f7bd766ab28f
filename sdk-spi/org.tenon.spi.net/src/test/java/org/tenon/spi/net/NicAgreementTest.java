package org.tenon.spi.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.spi.Capability;

class NicAgreementTest {
  private static final NicOffer ALL = NicOffer.of(NicCapabilities.ALL, 4, 256);

  @Test
  void takesWhatIsOfferedOnly() {
    NicOffer little = NicOffer.of(Set.of(NicCapabilities.LINK_STATE), 2, 64);

    NicAgreement agreement =
        little
            .accept()
            .take(NicCapabilities.LINK_STATE, NicCapabilities.STEERING)
            .queuePairs(8)
            .queueDepth(1024)
            .build();

    assertThat(agreement.capabilities()).containsExactly(NicCapabilities.LINK_STATE);
    assertThat(agreement.queuePairs()).isEqualTo(2);
    assertThat(agreement.queueDepth()).isEqualTo(64);
    assertThat(agreement.isWithin(little)).isTrue();
    assertThat(ALL.accept().queuePairs(4).build().isWithin(little)).isFalse();
  }

  @Test
  void cuttingWithoutChecksumIsGivenBack() {
    NicAgreement agreement =
        ALL.accept()
            .take(
                NicCapabilities.TRANSMIT_TCP4,
                NicCapabilities.TRANSMIT_TCP6,
                NicCapabilities.RECEIVE_JOINED)
            .build();

    assertThat(agreement.capabilities()).isEmpty();
  }

  @Test
  void aCapabilityOfTheFutureIsIgnored() {
    NicOffer newer = NicOffer.of(Set.of(Capability.of("time-travel")), 1, 64);

    assertThat(newer.accept().take(NicCapabilities.STEERING).build().capabilities()).isEmpty();
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NicOffer.of(Set.of(), 0, 256))
        .withMessageContaining("1 to 128 pairs");
    assertThatIllegalArgumentException().isThrownBy(() -> NicOffer.of(Set.of(), 1, 32_769));
  }
}
