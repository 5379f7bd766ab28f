package org.tenon.hv.app.testbed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.Outcome;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.kit.testing.guest.Peripheral;
import org.tenon.spi.DriverException;

/**
 * A machine that runs only while it has work. Its console is read line by line on the thread that
 * runs it: {@code serve.sh} in the guest says there when it waits for work and how each ended.
 */
final class TestBedGuest implements Guest, MachineConfig.Console {
  private static final String READY = "tenon-guest: ready";
  private static final String EXIT = "tenon-guest: exit ";
  private static final String MARK = "mark ";
  private static final String PANIC = "Kernel panic";
  private static final int TAIL = 20;

  private final StringBuilder line = new StringBuilder();
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> plugged = new HashMap<>();
  private final Deque<Runnable> due = new ArrayDeque<>();
  private Map<String, Runnable> marks = Map.of();
  private @Nullable Machine machine;
  private @Nullable Integer status;
  private boolean ready;
  private int works;

  /** The machine whose console this is. */
  void begin(Machine made) {
    machine = made;
  }

  /** Boots. */
  void awaitReady(Duration limit) throws GuestLost {
    if (!runWithin(limit, () -> ready)) {
      throw lost("did not come up within " + limit.toSeconds() + " s of its time");
    }
  }

  @Override
  public GuestOutput perform(GuestWork work) throws GuestLost {
    lines.clear();
    marks = work.marks();
    status = null;
    due.clear();
    long began = now();
    String typed = "%d %s\n".formatted(++works, work.command());
    machine().type(typed.getBytes(StandardCharsets.US_ASCII));
    if (!runWithin(work.limit(), () -> status != null)) {
      throw lost(
          "did not end '%s' within %d s of its time"
              .formatted(work.command(), work.limit().toSeconds()));
    }
    return new GuestOutput(Objects.requireNonNull(status), lines, Duration.ofNanos(now() - began));
  }

  @Override
  public void plug(Peripheral peripheral) throws DriverException, GuestUnavailable {
    plugged.put(peripheral.name(), GuestTestBed.plug(machine(), peripheral));
  }

  @Override
  public void yank(String name) {
    String device = plugged.remove(name);
    if (device == null) {
      throw new IllegalArgumentException("the guest has no device '" + name + "'");
    }
    machine().yank(device);
  }

  /** What a run waits for. */
  @FunctionalInterface
  private interface Goal {
    boolean isReached();
  }

  /** False when the time is over before the goal is reached. */
  private boolean runWithin(Duration limit, Goal goal) throws GuestLost {
    long end = now() + limit.toNanos();
    machine().stopAt(end);
    // A stop that an earlier work has asked for, and did not need, may come first.
    while (!goal.isReached() && now() < end) {
      Outcome outcome = machine().run();
      if (outcome.kind() != Outcome.Kind.STOPPED) {
        throw lost(
            "ended: "
                + (outcome.detail().isEmpty() ? outcome.kind().toString() : outcome.detail()));
      }
      for (Runnable action = due.poll(); action != null; action = due.poll()) {
        action.run();
      }
    }
    return goal.isReached();
  }

  private GuestLost lost(String why) {
    List<String> shown = new ArrayList<>(lines);
    shown.add(line.toString());
    return new GuestLost("the guest " + why, lastWords(shown));
  }

  /** From the kernel's panic on, of which the first lines say most; without one, the tail. */
  private static List<String> lastWords(List<String> shown) {
    for (int at = 0; at < shown.size(); at++) {
      if (shown.get(at).contains(PANIC)) {
        return shown.subList(at, Math.min(shown.size(), at + TAIL));
      }
    }
    return shown.subList(Math.max(0, shown.size() - TAIL), shown.size());
  }

  private long now() {
    return machine().statistics().machineNanos();
  }

  private Machine machine() {
    Machine made = machine;
    if (made == null) {
      throw new IllegalStateException("the guest has no machine");
    }
    return made;
  }

  /** On the thread that runs the machine, between two instructions. */
  @Override
  public void output(int value) {
    if (value == '\n') {
      String text = line.toString();
      line.setLength(0);
      take(text);
    } else if (value != '\r') {
      line.append((char) value);
    }
  }

  private void take(String text) {
    Runnable action = text.startsWith(MARK) ? marks.get(text.substring(MARK.length())) : null;
    if (text.equals(READY)) {
      ready = true;
      machine().stop();
    } else if (text.startsWith(EXIT)) {
      ended(text.substring(EXIT.length()).split(" ", -1));
    } else if (action != null) {
      due.add(action);
      machine().stop();
    } else if (!text.isBlank()) {
      lines.add(text);
    }
  }

  /** A work that a test has given up at a mark may end during the next one. */
  private void ended(String[] numberAndStatus) {
    if (numberAndStatus[0].equals(String.valueOf(works))) {
      status = Integer.valueOf(numberAndStatus[1]);
      machine().stop();
    }
  }

  @Override
  public void close() {
    Machine made = machine;
    machine = null;
    if (made != null) {
      made.close();
    }
  }
}
