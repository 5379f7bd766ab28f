package org.tenon.hv.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StagingOrderTest {
  private final StagingOrder order = new StagingOrder(4);

  @Test
  void nothingIsGivenBackBeforeItIsAllowed() {
    order.keep();
    order.staged(2);
    order.answered(2);
    assertThat(order.isAnswered(1)).isTrue();
    assertThat(order.next()).isEqualTo(InFlightLedger.NONE);
    order.allow(1);
    assertThat(order.next()).isEqualTo(2);
    assertThat(order.next()).isEqualTo(InFlightLedger.NONE);
  }

  @Test
  void theOldestComesFirstHoweverTheDriverAnswers() {
    order.keep();
    order.staged(3);
    order.staged(0);
    order.allow(2);
    order.answered(0);
    assertThat(order.isAnswered(2)).isFalse();
    assertThat(order.next()).isEqualTo(InFlightLedger.NONE);
    order.answered(3);
    assertThat(order.isAnswered(2)).isTrue();
    assertThat(order.next()).isEqualTo(3);
    assertThat(order.next()).isZero();
  }

  /** Tags come and go in any order; what is given back is what was staged, in that order. */
  @Test
  void anyRunGivesBackWhatWasStaged() {
    order.keep();
    Random random = new Random(4);
    List<Integer> free = new ArrayList<>(List.of(0, 1, 2, 3));
    List<Integer> inFlight = new ArrayList<>();
    List<Integer> staged = new ArrayList<>();
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (!free.isEmpty() && random.nextBoolean()) {
        int tag = free.remove(/* index */ random.nextInt(free.size()));
        order.staged(tag);
        staged.add(tag);
        inFlight.add(tag);
      }
      if (!inFlight.isEmpty() && random.nextBoolean()) {
        order.answered(inFlight.remove(/* index */ random.nextInt(inFlight.size())));
      }
      if (random.nextInt(3) == 0) {
        order.allow(order.total());
      }
      for (int tag = order.next(); tag != InFlightLedger.NONE; tag = order.next()) {
        given.add(tag);
        free.add(tag);
      }
    }
    assertThat(given).hasSizeGreaterThan(1_000).isEqualTo(staged.subList(0, given.size()));
  }
}
