package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/** Leads one NIC driver through its life. */
final class NicControl extends DriverControl<NicDriver> {
  private final NicRig rig;
  private final NicProperties properties;
  private final NicLink atFirst;
  private final List<NicQueuePair> pairs = new ArrayList<>();
  private @Nullable NicStatistics counted;

  private NicControl(NicRig rig, NicDriver driver) {
    super(rig, driver, state -> enter(rig, state));
    this.rig = rig;
    this.properties = ask("properties", driver::properties);
    rig.open(properties);
    this.atFirst = ask("link", driver::link);
    for (int pair : rig.pairs()) {
      pairs.add(ask("queuePair", () -> driver.queuePair(pair)));
    }
    probe();
  }

  static NicControl open(NicDriverFactory factory, HarnessOptions options, NicRig rig)
      throws DriverException {
    return open(
        rig,
        factory,
        options,
        config -> factory.open(rig.agreement(), config, rig.host()),
        driver -> new NicControl(rig, driver));
  }

  private static void enter(NicRig rig, LifeCycle.State state) {
    switch (state) {
      case QUIESCING, RESETTING, CLOSED -> rig.rest();
      case OPENED, RUNNING, QUIESCED -> {}
    }
  }

  void setFilter(NicFilter filter) {
    run("setFilter", () -> driver().setFilter(filter));
  }

  void setSteering(NicSteering steering) {
    run("setSteering", () -> driver().setSteering(steering));
  }

  /** The driver's counters, which must not have gone back. */
  NicStatistics statistics() {
    NicStatistics now = ask("statistics", driver()::statistics);
    NicStatistics before = counted;
    if (before != null) {
      List<Long> earlier = counters(before);
      List<Long> later = counters(now);
      for (int i = 0; i < earlier.size(); i++) {
        if (later.get(i) < earlier.get(i)) {
          rig.services()
              .faults()
              .report(
                  NicClauses.COUNTERS_GROW,
                  Fault.Kind.BAD_ANSWER,
                  "a counter went back: %s, then %s".formatted(before, now));
          break;
        }
      }
    }
    counted = now;
    return now;
  }

  private static List<Long> counters(NicStatistics all) {
    return List.of(
        all.sentFrames(),
        all.sentBytes(),
        all.sendErrors(),
        all.receivedFrames(),
        all.receivedBytes(),
        all.droppedNoBuffer(),
        all.droppedTooLong(),
        all.receiveErrors());
  }

  @Override
  void serve() {
    rig.run(driver());
  }

  @Override
  void probeClass() {
    expectSame(
        NicClauses.PROPERTIES_CONSTANT,
        "properties",
        properties,
        ask("properties", driver()::properties));
    for (int pair : rig.pairs()) {
      expectSameObject(
          NicClauses.PAIRS_CONSTANT,
          "pair " + pair,
          pairs.get(pair),
          ask("queuePair", () -> driver().queuePair(pair)));
    }
    probeLink();
    statistics();
  }

  /** The link is as last told, before or after it was asked for. */
  private void probeLink() {
    NicLink before = expectedLink();
    NicLink now = ask("link", driver()::link);
    NicLink after = expectedLink();
    if (!now.equals(before) && !now.equals(after)) {
      rig.services()
          .faults()
          .report(
              NicClauses.LINK_TOLD,
              Fault.Kind.BAD_ANSWER,
              "link is %s; it was last told as %s".formatted(now, after));
    }
  }

  private NicLink expectedLink() {
    NicLink told = rig.host().told();
    return told == null ? atFirst : told;
  }

  @Override
  void reportForgotten(Rest rest) {
    ClauseId frames =
        switch (rest) {
          case QUIESCE -> DriverClauses.QUIESCE_COMPLETES;
          case RESET -> DriverClauses.RESET_COMPLETES;
          case CLOSE -> NicClauses.CLOSE_RETURNS;
        };
    ClauseId buffers =
        switch (rest) {
          case QUIESCE -> NicClauses.QUIESCE_RETURNS;
          case RESET -> NicClauses.RESET_RETURNS;
          case CLOSE -> NicClauses.CLOSE_RETURNS;
        };
    rig.sending().forEach(sending -> forgot(rest, frames, sending));
    rig.posted().forEach(posting -> forgot(rest, buffers, posting));
    rig.postPorts().forEach(PostPort::endParts);
  }

  private void forgot(Rest rest, ClauseId clause, Passage<?> passage) {
    String why =
        "%s ended, but %s is not back; it comes from %s"
            .formatted(rest, passage.what(), passage.origin());
    rig.services().faults().report(clause, Fault.Kind.FORGOT, passage, why);
    passage.fail(why);
  }
}
