package org.tenon.hv.machine;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.pci.PciSlot;

/**
 * Where cards are plugged in: the fixed slots of bus 0 and the hot-plug slots, each a number as
 * {@link DiskState} counts. Run-loop thread, or between two runs.
 */
final class Slots {
  private final Board board;
  private final List<PluggedDevice> devices;
  private final HotPlugSlots hotPlug;

  /**
   * The slots of a board.
   *
   * @param devices what is in them, and other devices
   */
  Slots(Board board, MachineClock clock, List<PluggedDevice> devices) {
    this.board = board;
    this.devices = devices;
    hotPlug = new HotPlugSlots(board.rootPorts(), clock);
  }

  /**
   * The next free slot of that kind.
   *
   * @throws IllegalArgumentException when every one is taken
   */
  int free(SlotKind kind) {
    return kind == SlotKind.HOT_PLUG ? hotPlug.empty() : board.nextDevice();
  }

  /** Where a card of a saved machine goes; a fixed slot may be another, which the card refuses. */
  int again(int saved) {
    return HotPlugSlots.isPlace(saved) ? saved : board.nextDevice();
  }

  /**
   * What a card that is made for a free slot reaches.
   *
   * @throws IllegalArgumentException when there is none
   */
  PciSlot slot(int place) {
    return HotPlugSlots.isPlace(place) ? hotPlug.slot(place) : board.nextSlot();
  }

  /**
   * Plugs in a card that was made for that slot; one that does not fit is closed.
   *
   * @param running whether a guest may be there to take it; else it begins with the machine
   * @throws IllegalArgumentException when its BARs do not fit
   */
  void put(String name, PluggedCard card, int place, boolean running) {
    try {
      if (HotPlugSlots.isPlace(place)) {
        hotPlug.put(name, place, card.function(), running, () -> remove(card));
      } else {
        board.plug(card.function());
      }
      devices.add(card);
    } catch (RuntimeException e) {
      card.close();
      throw e;
    }
  }

  private void remove(PluggedCard gone) {
    devices.remove(gone);
    gone.close();
  }

  /** As {@link Machine#unplug}. */
  void unplug(String name) {
    hotPlug.unplug(name);
  }

  /** As {@link Machine#yank}. */
  void yank(String name) {
    hotPlug.yank(name);
  }

  /** Where a card is, as a user reads it. */
  String describe(String name) {
    @Nullable String place = hotPlug.describe(name);
    return Objects.requireNonNullElse(place, "fixed");
  }
}
