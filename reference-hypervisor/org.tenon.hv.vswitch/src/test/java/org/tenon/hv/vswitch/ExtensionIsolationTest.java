package org.tenon.hv.vswitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;

/** What an extension that breaks its promises does to the others: nothing. */
class ExtensionIsolationTest {
  private final Looks clock = new Looks();
  private final CountDownLatch released = new CountDownLatch(1);
  private final Semaphore inside = new Semaphore(0);
  private final VirtualSwitch lan =
      new VirtualSwitch(
          "lan",
          1500,
          () -> 0,
          1,
          new ExtensionLimits(
              clock,
              new Deadlines(Duration.ofSeconds(30), Duration.ofMillis(100)),
              Duration.ofSeconds(1)));
  private final List<TestCard> cards = new ArrayList<>();

  @AfterEach
  void close() {
    released.countDown();
    cards.forEach(TestCard::close);
    lan.close();
  }

  /** The watch looks when the test says so. */
  private static final class Looks implements HostClock {
    private final List<Runnable> due = new ArrayList<>();

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable work) {
      due.add(work);
      return () -> {};
    }

    void look() {
      List<Runnable> now;
      synchronized (this) {
        now = List.copyOf(due);
        due.clear();
      }
      now.forEach(Runnable::run);
    }
  }

  private TestCard card() {
    String name = "c" + cards.size();
    TestCard card =
        new TestCard(
            lan.guestPort(new PortSettings(name, 0, Set.of(), 0), new MacAddress(0x020000000000L)));
    cards.add(card);
    return card;
  }

  private void extend(ScriptedExtension extension, boolean failOpen) throws DriverException {
    lan.extend(extension, Config.of(List.of(), Map.of()), failOpen);
  }

  /** A broadcast of the station with this number. */
  private static byte[] broadcast(int from) {
    byte[] frame = new byte[60];
    Arrays.fill(frame, 0, 6, (byte) 0xff);
    frame[6] = 2;
    frame[11] = (byte) from;
    frame[12] = 8;
    return frame;
  }

  private static Thread start(Runnable work) {
    return Thread.ofPlatform().daemon().start(work);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatNeverReturnsKeepsOnePortAndTheOthersGoOn(boolean failOpen) throws Exception {
    extend(
        new ScriptedExtension() {
          @Override
          public void forward(SwitchFrame frame, SwitchDecision decision) {
            while (frame.port() == 0 && released.getCount() > 0) {
              if (inside.availablePermits() == 0) {
                inside.release();
              }
              Thread.onSpinWait();
            }
          }
        },
        failOpen);
    TestCard a = card();
    TestCard b = card();
    TestCard c = card();
    Thread hung = start(() -> a.send(broadcast(1), NicOffload.NONE));
    inside.acquire();
    b.send(broadcast(2), NicOffload.NONE);
    assertThat(c.arrived()).as("not overdue yet").hasSize(1);
    clock.look();
    b.send(broadcast(2), NicOffload.NONE);
    assertThat(c.arrived()).as("seen once only").hasSize(1);
    clock.look();
    assertThat(lan.faults()).hasSize(1);
    assertThat(lan.faults().getFirst().toString())
        .contains("SWX-009", "scripted@lan", "of port 0 has not returned");
    b.send(broadcast(2), NicOffload.NONE);
    assertThat(c.arrived()).hasSize(failOpen ? 1 : 0);
    released.countDown();
    hung.join();
    assertThat(c.arrived()).as("the frame that came back").hasSize(failOpen ? 1 : 0);
    clock.look();
    clock.look();
    assertThat(lan.faults()).hasSize(1);
  }

  @Test
  void oneThatWaitsIsInterruptedAndItsPortGoesOn() throws Exception {
    extend(
        new ScriptedExtension() {
          @Override
          public void forward(SwitchFrame frame, SwitchDecision decision) {
            decision.drop();
            inside.release();
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        },
        true);
    TestCard a = card();
    TestCard b = card();
    boolean[] interrupted = new boolean[1];
    Thread waiting =
        start(() -> {
          a.send(broadcast(1), NicOffload.NONE);
          a.send(broadcast(1), NicOffload.NONE);
          interrupted[0] = Thread.interrupted();
        });
    inside.acquire();
    clock.look();
    clock.look();
    waiting.join();
    assertThat(b.arrived()).as("as if there were no extension").hasSize(2);
    assertThat(interrupted[0]).isFalse();
  }

  @Test
  void whatOneThatThrowsHasDecidedDoesNotCount() throws Exception {
    extend(
        new ScriptedExtension() {
          @Override
          public void forward(SwitchFrame frame, SwitchDecision decision) {
            decision.drop();
            decision.mirror(frame.port());
            throw new IllegalStateException("half done");
          }
        },
        true);
    TestCard a = card();
    TestCard b = card();
    a.send(broadcast(1), NicOffload.NONE);
    assertThat(b.arrived()).hasSize(1);
    assertThat(a.arrived()).isEmpty();
    assertThat(lan.faults().getFirst().clause()).hasToString("DRV-013");
  }

  @Test
  void oneThatKeepsTheControlThreadKeepsNobodyElse() throws Exception {
    extend(
        new ScriptedExtension() {
          @Override
          public void portAdded(SwitchPort port) {
            while (released.getCount() > 0) {
              Thread.onSpinWait();
            }
          }
        },
        true);
    TestCard a = card();
    TestCard b = card();
    assertThat(lan.faults().getFirst().clause()).hasToString("DRV-019");
    a.send(broadcast(1), NicOffload.NONE);
    assertThat(b.arrived()).hasSize(1);
    assertThat(lan.faults()).hasSize(1);
  }

  @Test
  void oneThatDoesNotOpenIsRefusedInTime() {
    ScriptedExtension hangs =
        new ScriptedExtension() {
          @Override
          public SwitchExtension open(Config config, SwitchHost host) {
            while (released.getCount() > 0) {
              Thread.onSpinWait();
            }
            return this;
          }
        };
    assertThatThrownBy(() -> extend(hangs, true))
        .isInstanceOf(DriverException.class)
        .hasMessage("scripted@lan did not open within PT0.1S");
  }

  /** Each port that comes while frames are forwarded gets some; none that has gone disturbs. */
  @Test
  void portsComeAndGoWhileFramesAreForwarded() throws Exception {
    TestCard a = card();
    Thread sender =
        start(() -> {
          while (released.getCount() > 0) {
            a.send(broadcast(1), NicOffload.NONE);
          }
        });
    for (int round = 0; round < 50; round++) {
      TestCard guest =
          new TestCard(
              lan.guestPort(
                  new PortSettings("guest", 0, Set.of(), 0), new MacAddress(0x020000000002L)));
      while (guest.arrived().isEmpty()) {
        Thread.onSpinWait();
      }
      guest.close();
      assertThat(guest.attachment.faults()).isEmpty();
    }
    released.countDown();
    sender.join();
    assertThat(a.attachment.faults()).isEmpty();
    assertThat(lan.statistics()).containsOnlyKeys("c0");
  }
}
