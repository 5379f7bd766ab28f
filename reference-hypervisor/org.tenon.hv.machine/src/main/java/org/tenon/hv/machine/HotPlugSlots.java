package org.tenon.hv.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.pci.RootPort;
import org.tenon.hv.pci.Type0Function;

/**
 * What is in the machine's hot-plug slots, by name. Putting in, asking for and pulling out happen
 * between two instructions: run-loop thread, or between two runs.
 */
final class HotPlugSlots {
  private final RootPorts ports;
  private final Map<String, Card> cards = new LinkedHashMap<>();

  HotPlugSlots(RootPorts ports) {
    this.ports = ports;
  }

  /** A function in a slot. */
  private static final class Card {
    private final RootPort port;
    private final Runnable gone;
    private boolean leaving;

    Card(RootPort port, Runnable gone) {
      this.port = port;
      this.gone = gone;
    }
  }

  /**
   * The first empty slot.
   *
   * @throws IllegalArgumentException when every one is taken
   */
  RootPort empty() {
    return ports.ports().stream()
        .filter(RootPort::isEmpty)
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "all %d hot-plug slots are taken; unplug something first"
                    .formatted(ports.ports().size())));
  }

  /**
   * Puts a function in.
   *
   * @param running whether a guest may be there to take it; else it begins with the machine
   * @param gone run once, when the function is out again
   */
  void put(String name, RootPort port, Type0Function function, boolean running, Runnable gone) {
    Card card = new Card(port, gone);
    cards.put(name, card);
    port.onPowerOff(() -> {
      if (card.leaving) {
        yank(name);
      }
    });
    if (running) {
      port.insert(function);
    } else {
      ports.startWith(port, function);
    }
  }

  /**
   * Presses the attention button: the guest takes the function out of use, turns the slot's power
   * off, and then the function leaves. One whose power is off already leaves at once.
   *
   * @throws IllegalStateException when the guest has been asked already
   */
  void unplug(String name) {
    Card card = find(name);
    if (!card.port.isPowered()) {
      yank(name);
    } else if (card.leaving) {
      throw new IllegalStateException(
          "the guest has been asked to let go of %s already; yank does not ask".formatted(name));
    } else {
      card.leaving = true;
      card.port.pressAttentionButton();
    }
  }

  /** Pulls a function out, whatever the guest does with it. */
  void yank(String name) {
    Card card = find(name);
    cards.remove(name);
    card.port.onPowerOff(() -> {});
    card.port.remove();
    card.gone.run();
  }

  private Card find(String name) {
    Card card = cards.get(name);
    if (card == null) {
      throw new IllegalArgumentException(
          "there is no %s in a hot-plug slot; these hold %s".formatted(name, cards.keySet()));
    }
    return card;
  }

  /** Where something is, as a user reads it; null if it is not in a hot-plug slot. */
  @Nullable String describe(String name) {
    Card card = cards.get(name);
    if (card == null) {
      return null;
    }
    int slot = ports.ports().indexOf(card.port) + 1;
    String power = card.port.isPowered() ? "powered" : "no power";
    return "slot %d, %s".formatted(slot, card.leaving ? "leaving" : power);
  }
}
