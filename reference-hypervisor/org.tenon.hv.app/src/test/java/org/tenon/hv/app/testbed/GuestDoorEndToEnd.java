package org.tenon.hv.app.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestException;
import org.tenon.hv.app.guest.GuestFetch;
import org.tenon.hv.app.guest.GuestStore;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestHost;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.GuestWork;

/**
 * The kit's door to a booted guest, as a test uses it. One guest serves all; the last thing asked
 * of it is a panic.
 */
class GuestDoorEndToEnd {
  private static final System.Logger LOG = System.getLogger("org.tenon.trial");

  private static void fetch() {
    GuestStore store = GuestStore.ofUser(DebianKernel.CLOUD);
    if (!store.hasTools()) {
      try {
        new GuestFetch(store, DebianKernel.CLOUD, line -> {})
            .fetch(Optional.empty(), Optional.empty());
      } catch (GuestException e) {
        LOG.log(System.Logger.Level.WARNING, "the guest door is not tried: {0}", e.getMessage());
        Assumptions.abort(String.valueOf(e.getMessage()));
      }
    }
  }

  @Test
  void aTestWorksInAGuest() throws Exception {
    fetch();
    GuestHost host = GuestHost.find().orElseThrow();
    byte[] greeting = "good day\n".getBytes(StandardCharsets.US_ASCII);
    try (Guest guest = host.boot(GuestPlan.with().withFile("/tck/greeting", greeting))) {
      GuestOutput said = guest.perform(GuestWork.of("cat /tck/greeting; echo; nproc; exit 3"));
      assertThat(said.status()).isEqualTo(3);
      assertThat(said.lines()).containsExactly("good day", "2");
      assertThat(guest.perform(GuestWork.of("/tools/mke2fs -V")).status()).isZero();
      marks(guest);
      slow(guest);
      assertThatThrownBy(() -> guest.perform(GuestWork.of("echo c > /proc/sysrq-trigger")))
          .isInstanceOfSatisfying(
              GuestLost.class,
              lost -> assertThat(lost.console().getFirst()).contains("Kernel panic"));
    }
  }

  private static void marks(Guest guest) throws GuestLost {
    List<String> seen = new ArrayList<>();
    GuestOutput output =
        guest.perform(
            GuestWork.of("echo mark one; echo between; echo mark two; echo mark three")
                .at("one", () -> seen.add("one"))
                .at("two", () -> seen.add("two")));
    assertThat(seen).containsExactly("one", "two");
    assertThat(output.lines()).containsExactly("between", "mark three");
    IllegalStateException thrown = new IllegalStateException("what the test found");
    assertThatThrownBy(() ->
            guest.perform(
                GuestWork.of("echo mark one; sleep 1")
                    .at(
                        "one",
                        () -> {
                          throw thrown;
                        })))
        .isSameAs(thrown);
  }

  /** Sleeping takes the guest's time and none of the host's. */
  private static void slow(Guest guest) throws GuestLost {
    GuestOutput rest = guest.perform(GuestWork.of("sleep 3000").within(Duration.ofHours(1)));
    assertThat(rest.took()).isBetween(Duration.ofSeconds(2999), Duration.ofSeconds(3002));
  }

  @Test
  void whatIsNotThereIsSaid() {
    GuestHost host = GuestHost.find().orElseThrow();
    assertThatThrownBy(() -> host.boot(GuestPlan.with().withKernel("best")))
        .isInstanceOf(GuestUnavailable.class)
        .hasMessageContaining("'best'")
        .hasMessageContaining("cloud-6.12");
  }
}
