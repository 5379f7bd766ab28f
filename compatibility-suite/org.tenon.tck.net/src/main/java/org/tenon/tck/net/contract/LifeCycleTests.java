package org.tenon.tck.net.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.NicFrame;
import org.tenon.kit.testing.NicHarness;
import org.tenon.kit.testing.Sending;
import org.tenon.kit.testing.wire.Wire;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.KeepsData;
import org.tenon.tck.core.Requires;
import org.tenon.tck.net.trial.Card;
import org.tenon.tck.net.trial.NicTests;
import org.tenon.tck.net.trial.NicTrial;
import org.tenon.tck.net.trial.Trait;

/**
 * From open to close, with the pauses between. The checking host asks the same questions in every
 * state on its own.
 */
public abstract class LifeCycleTests extends NicTests {
  /** For the contract. */
  protected LifeCycleTests() {}

  @Test
  @KeepsData
  @Clause({"DRV-006", "DRV-007"})
  void answersInEveryState() throws DriverException {
    Wire wire = trial().wire();
    NicHarness harness = trial().harness(wire).openOnly();
    trial().adopt(wire, harness);
    expectHealth(harness);
    harness.start();
    wire.attached();
    expectHealth(harness);
    harness.quiesce();
    expectHealth(harness);
    harness.resume();
    harness.reset();
    expectHealth(harness);
  }

  @Test
  @KeepsData
  @Clause("DRV-008")
  void closeInEveryState() throws DriverException {
    Wire wire = trial().wire();
    NicHarness opened = trial().harness(wire).openOnly();
    trial().adopt(wire, opened);
    opened.close();
    trial().open().close();
    Card quiesced = trial().open();
    quiesced.harness().quiesce();
    quiesced.close();
    Card reset = trial().open();
    reset.harness().reset();
    reset.close();
  }

  @Test
  @Clause("DRV-009")
  void nothingIsLeftAfterClose() throws DriverException {
    RandomGenerator random = trial().random();
    Wire wire = trial().wire();
    long before = 0;
    for (int round = 0; round < 8; round++) {
      Card card = trial().adopt(wire, trial().harness(wire).open());
      wire.attached();
      await(card, frames(card, random, 100));
      card.close();
      if (round == 2) {
        before = OpenFiles.count();
      }
    }
    long more = OpenFiles.count() - before;
    if (more >= 5) {
      throw trial().violation("no file is left open by 5 cards", more + " more are open");
    }
  }

  @Test
  @Requires({Trait.SEEN_SENDING, Trait.FRAMES_COME})
  @Clause({"NET-068", "NET-070", "DRV-010", "DRV-011"})
  void quiesceAndResume() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 10; round++) {
      card.harness().awaitBuffers();
      List<byte[]> all =
          IntStream.range(0, Card.BURST).mapToObj(i -> card.plain(random, 64 + i)).toList();
      List<Sending> offered = card.harness().offer(0, all.stream().map(NicFrame::of).toList());
      card.harness().quiesce();
      List<byte[]> accepted = new ArrayList<>();
      for (int i = 0; i < offered.size(); i++) {
        if (offered.get(i).isAccepted()) {
          card.expectStatus(offered.get(i), Status.OK);
          accepted.add(all.get(i));
        }
      }
      card.expectLeft(accepted);
      card.harness().resume();
      card.expectSent(0, List.of(card.plain(random, 99)));
      byte[] payload = new byte[500];
      random.nextBytes(payload);
      card.expectArrival(List.of(card.incoming().plain(payload)));
    }
  }

  @Test
  @Clause("NET-069")
  void quiesceReturnsEveryBuffer() {
    Card card = trial().open();
    for (int round = 0; round < 5; round++) {
      card.harness().awaitBuffers();
      int had = card.harness().posted().size();
      card.harness().quiesce();
      int left = card.harness().posted().size();
      if (left > 0) {
        throw trial()
            .violation(
                "all %d buffers are back when quiesce ends".formatted(had), left + " are not");
      }
      card.harness().resume();
    }
  }

  @Test
  @Requires(Trait.ANY_FRAME_COMES)
  @Clause({"NET-069", "NET-070"})
  void nothingArrivesAtRest() {
    Card card = trial().open(NicTrial.plainReceive(1));
    RandomGenerator random = trial().random();
    for (int round = 0; round < 5; round++) {
      card.harness().quiesce();
      byte[] payload = new byte[300];
      random.nextBytes(payload);
      card.put(List.of(card.incoming().plain(payload)));
      int arrived = card.drain().size();
      if (arrived > 0) {
        throw trial().violation("no frame arrives while the card rests", arrived + " did");
      }
      card.harness().resume();
      card.drain();
      card.expectArrival(List.of(card.incoming().plain(payload)));
    }
  }

  @Test
  @Clause("DRV-013")
  void nothingMakesItThrow() {
    Card card = trial().open();
    RandomGenerator random = trial().random();
    for (int i = 0; i < 300; i++) {
      byte[] frame = new byte[random.nextInt(1, 2000)];
      random.nextBytes(frame);
      card.harness().transmit(0, NicFrame.of(frame)).await();
    }
    card.expectStatus(
        card.harness().transmit(0, NicFrame.of(card.plain(random, 64))),
        Status.OK,
        Status.NOT_READY);
  }

  @Test
  @KeepsData
  @Clause("DRV-014")
  void settingsThatCannotWorkAreRefused() {
    for (ConfigKey key : subject().factory().configKeys()) {
      Wire wire = trial().wire();
      for (String nonsense : List.of("\u0000", inside(key, "-1"), inside(key, "x".repeat(300)))) {
        try {
          trial()
              .adopt(wire, trial().harness(wire).settings(Map.of(key.name(), nonsense)).open())
              .close();
        } catch (DriverException e) {
          String reason = e.getMessage();
          if (reason == null || reason.isBlank() || reason.lines().count() != 1) {
            throw trial().violation("a reason in one line", "it said: " + reason, e);
          }
        }
      }
    }
  }

  /** What a path names lies in the test's own folder, should the driver make it. */
  private String inside(ConfigKey key, String value) {
    return key.type() == ConfigKey.Type.PATH ? trial().folder().resolve(value).toString() : value;
  }

  @Test
  @KeepsData
  @Requires(Trait.SECRET_SETTING)
  @Clause("DRV-015")
  void secretsAreKept() {
    Wire wire = trial().wire();
    NicHarness.Builder builder = trial().harness(wire);
    for (ConfigKey key : subject().factory().configKeys()) {
      if (key.secret()) {
        builder.setting(key.name(), "tenon-secret-" + trial().seed());
      }
    }
    try {
      // The checking host looks for the secrets in all that the driver says.
      trial().adopt(wire, builder.open()).close();
    } catch (DriverException e) {
      trial().evidence().note("secret setting", "an unfit secret is refused");
    }
  }

  @Test
  @Clause("DRV-016")
  void migrationKeepsItsWord() throws IOException, DriverException {
    Card first = trial().open();
    Migration migration = first.harness().driver().migration();
    trial().evidence().note("migration", migration.getClass().getSimpleName());
    first.harness().quiesce();
    switch (migration) {
      case Migration.Refused refused -> {
        if (refused.reason().isBlank() || refused.reason().lines().count() != 1) {
          throw trial().violation("a reason in one line", "it says: " + refused.reason());
        }
      }
      case Migration.Stateless stateless -> {
        first.close();
        expectServes(trial().open());
      }
      case Migration.Stateful stateful -> {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        stateful.saver().save(saved);
        first.close();
        expectServes(restore(stateful.version(), saved.toByteArray()));
      }
    }
  }

  private Card restore(int version, byte[] saved) throws IOException, DriverException {
    Wire wire = trial().wire();
    NicHarness harness = trial().harness(wire).openOnly();
    Card second = trial().adopt(wire, harness);
    if (!(harness.driver().migration() instanceof Migration.Stateful stateful)) {
      throw trial()
          .violation(
              "the second driver restores", "its migration is " + harness.driver().migration());
    }
    ByteArrayInputStream in = new ByteArrayInputStream(saved);
    stateful.restorer().restore(version, in);
    if (in.available() > 0) {
      throw trial().violation("a state read to its last byte", in.available() + " bytes are left");
    }
    harness.start();
    wire.attached();
    return second;
  }

  private void expectServes(Card card) {
    card.expectStatus(
        card.harness().transmit(0, NicFrame.of(card.plain(trial().random(), 64))), Status.OK);
  }

  private void expectHealth(NicHarness harness) {
    if (harness.health() == null) {
      throw trial().violation("health in " + harness.state(), "it answered null");
    }
  }

  private static void await(Card card, List<Sending> sendings) {
    sendings.forEach(sending -> card.expectStatus(sending, Status.OK, Status.NOT_READY));
  }

  private static List<Sending> frames(Card card, RandomGenerator random, int count) {
    return card.harness()
        .transmit(
            0,
            IntStream.range(0, count)
                .mapToObj(i -> NicFrame.of(card.plain(random, random.nextInt(14, 1400))))
                .toList());
  }
}
