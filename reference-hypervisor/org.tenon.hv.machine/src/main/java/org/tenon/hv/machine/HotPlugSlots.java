package org.tenon.hv.machine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.RootPort;
import org.tenon.hv.pci.Type0Function;

/**
 * What is in the machine's hot-plug slots, by name. Putting in, asking for and pulling out happen
 * between two instructions: run-loop thread, or between two runs.
 */
final class HotPlugSlots {
  private static final int PLACES_OF_A_BUS = 32;

  /**
   * Between putting a card in and pressing the button, as with a person. A guest that is still busy
   * with the card before takes the new one by itself, and a press for a wish to have it out again:
   * Linux is for a second.
   */
  private static final long MOMENT = 2_000_000_000L;

  private final RootPorts ports;
  private final MachineClock clock;
  private final Map<String, Card> cards = new LinkedHashMap<>();

  HotPlugSlots(RootPorts ports, MachineClock clock) {
    this.ports = ports;
    this.clock = clock;
  }

  /** A function in a slot. */
  private static final class Card {
    private final RootPort port;
    private final Runnable gone;
    private final Alarm button;

    /** Not saved with the machine: whoever wants it out after a restore asks again. */
    private boolean leaving;

    Card(RootPort port, MachineClock clock, Runnable gone) {
      this.port = port;
      this.gone = gone;
      button = clock.alarm("attention button", this::press);
    }

    private void press() {
      if (!port.isPowered()) {
        port.pressAttentionButton();
      }
    }
  }

  /** Whether a place, as {@link DiskState} counts, is a hot-plug slot. */
  static boolean isPlace(int place) {
    return place >= PLACES_OF_A_BUS;
  }

  /**
   * The place of the first empty slot.
   *
   * @throws IllegalArgumentException when every one is taken
   */
  int empty() {
    List<RootPort> all = ports.ports();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).isEmpty()) {
        return PLACES_OF_A_BUS * (i + 1);
      }
    }
    throw new IllegalArgumentException(
        "all %d hot-plug slots are taken; unplug something first".formatted(all.size()));
  }

  private RootPort port(int place) {
    int index = place / PLACES_OF_A_BUS - 1;
    if (place % PLACES_OF_A_BUS != 0 || index < 0 || index >= ports.ports().size()) {
      throw new IllegalArgumentException("no hot-plug slot is at " + place);
    }
    return ports.ports().get(index);
  }

  /** What a function that is made for an empty slot reaches. */
  PciSlot slot(int place) {
    return port(place).slot();
  }

  /**
   * Puts a function in, made for the {@link #slot} at that place.
   *
   * @param running whether a guest may be there to take it; else it begins with the machine
   * @param gone run once, when the function is out again
   * @throws IllegalArgumentException when it begins with the machine and its BARs do not fit
   */
  void put(String name, int place, Type0Function function, boolean running, Runnable gone) {
    RootPort port = port(place);
    if (running) {
      port.insert(function);
    } else {
      ports.startWith(port, function);
    }
    Card card = new Card(port, clock, gone);
    cards.put(name, card);
    if (running) {
      card.button.set(clock.now() + MOMENT);
    }
    port.onPowerOff(() -> {
      if (card.leaving) {
        yank(name);
      }
    });
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
    clock.remove(card.button);
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
