package org.tenon.hv.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private long now;
  private final EventQueue queue = new EventQueue(() -> now);
  private final List<String> rung = new ArrayList<>();

  private void at(long time) {
    now = time;
    queue.ring();
  }

  @Test
  void ringsOnceInOrderOfDeadlineThenCreation() {
    Alarm a = queue.alarm("a", () -> rung.add("a"));
    Alarm b = queue.alarm("b", () -> rung.add("b"));
    Alarm c = queue.alarm("c", () -> rung.add("c"));
    c.set(10);
    b.set(20);
    a.set(20);
    assertThat(queue.next()).isEqualTo(10);
    at(9);
    assertThat(rung).isEmpty();
    at(25);
    at(30);
    assertThat(rung).containsExactly("c", "a", "b");
    assertThat(queue.next()).isEqualTo(Alarm.NEVER);
  }

  @Test
  void anAlarmMaySetItselfAgainWithoutHoldingTheHost() {
    Alarm[] self = new Alarm[1];
    self[0] =
        queue.alarm(
            "periodic",
            () -> {
              rung.add("p");
              self[0].set(now);
            });
    self[0].set(5);
    at(5);
    assertThat(rung).hasSize(1);
    assertThat(queue.next()).isEqualTo(5);
  }

  @Test
  void anAlarmCancelledByAnEarlierOneStaysSilent() {
    Alarm later = queue.alarm("later", () -> rung.add("later"));
    Alarm earlier = queue.alarm("earlier", later::cancel);
    earlier.set(1);
    later.set(2);
    at(3);
    assertThat(rung).isEmpty();
    assertThat(later.deadline()).isEqualTo(Alarm.NEVER);
  }

  @Test
  void cancellingTheFirstMovesTheNextDeadline() {
    Alarm first = queue.alarm("first", () -> rung.add("first"));
    queue.alarm("second", () -> rung.add("second")).set(7);
    first.set(3);
    first.cancel();
    assertThat(queue.next()).isEqualTo(7);
  }

  @Test
  void anAlarmThatIsTakenOutRingsNoMore() {
    Alarm gone = queue.alarm("gone", () -> rung.add("gone"));
    queue.alarm("stays", () -> rung.add("stays")).set(7);
    gone.set(3);
    queue.remove(gone);
    assertThat(queue.next()).isEqualTo(7);
    gone.set(5);
    assertThat(queue.next()).isEqualTo(7);
    at(9);
    assertThat(rung).containsExactly("stays");
    assertThat(queue.next()).isEqualTo(Alarm.NEVER);
  }
}
