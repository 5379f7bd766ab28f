package org.tenon.spi.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tenon.spi.block.BlockCapabilities.DISCARD;
import static org.tenon.spi.block.BlockCapabilities.FLUSH;
import static org.tenon.spi.block.BlockCapabilities.FUA;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.spi.Capability;

class BlockAgreementTest {
  private static final BlockOffer OFFER =
      BlockOffer.of(Set.of(FLUSH, FUA, Capability.of("from-the-future")), 4, 256);

  @Test
  void takesWhatIsOfferedAndNothingElse() {
    BlockAgreement agreement =
        OFFER.accept().take(FLUSH, DISCARD).queues(16).queueDepth(64).build();

    assertThat(agreement.capabilities()).containsExactly(FLUSH);
    assertThat(agreement.queues()).isEqualTo(4);
    assertThat(agreement.queueDepth()).isEqualTo(64);
    assertThat(agreement.isWithin(OFFER)).isTrue();
  }

  @Test
  void isNotWithinASmallerOffer() {
    BlockAgreement agreement = OFFER.accept().take(FLUSH).queues(4).build();

    assertThat(agreement.isWithin(BlockOffer.of(Set.of(), 4, 256))).isFalse();
    assertThat(agreement.isWithin(BlockOffer.of(Set.of(FLUSH), 3, 256))).isFalse();
    assertThat(agreement.isWithin(BlockOffer.of(Set.of(FLUSH), 4, 255))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,0", "257,1", "1,32769"})
  void anOfferHasBounds(int queues, int depth) {
    assertThatIllegalArgumentException().isThrownBy(() -> BlockOffer.of(Set.of(), queues, depth));
  }
}
