package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * The PCI Express capability of a root port with a hot-plug slot (PCI Express base specification
 * 4.0, 6.7 and 7.5.3): attention button, power controller, both indicators, presence detect, link
 * state. Every command to the slot completes at once.
 *
 * <pre>{@code
 *        insert, button           power on (guest)            link up
 * EMPTY ────────────────▶ PRESENT ────────────────▶ POWERED ─────────▶ the function answers
 *   ▲ remove                 ▲                         │
 *   └── from every state     └── power off (guest) ────┘ link down, function reset
 * }</pre>
 */
final class ExpressPort implements Capability {
  private static final int ROOT_PORT = 4;
  private static final int SLOT_IMPLEMENTED = 1 << 8;

  private static final int SLOT_CAPABILITIES = 0x14;
  private static final int SLOT_CONTROL = 0x18;
  private static final int ROOT_CONTROL = 0x1c;

  private static final int ROLE_BASED_ERRORS = 1 << 15;
  private static final int LINK_ACTIVE_REPORTING = 1 << 20;
  private static final int PORT_NUMBER_SHIFT = 24;
  private static final int LINK_DISABLE = 1 << 4;
  private static final int LINK_CONTROL_WRITABLE = Express.LINK_CONTROL_WRITABLE | LINK_DISABLE;
  private static final int LINK_ACTIVE = 1 << 13;

  /** Attention button, power controller, attention and power indicator, surprise, hot-plug. */
  private static final int SLOT_HAS = 1 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6;

  private static final int POWER_LIMIT_25_WATT = 25 << 7;
  private static final int SLOT_NUMBER_SHIFT = 19;

  // Slot control
  private static final int INTERRUPT_ENABLE = 1 << 5;
  private static final int POWER_INDICATOR_SHIFT = 8;
  private static final int POWER_OFF = 1 << 10;
  private static final int LINK_CHANGED_ENABLE = 1 << 12;
  private static final int SLOT_CONTROL_WRITABLE = 0x17ff;
  private static final int INDICATORS_OFF = 3 << 6 | 3 << POWER_INDICATOR_SHIFT;
  private static final int INDICATOR_ON = 3 << 6 | 1 << POWER_INDICATOR_SHIFT;

  // Slot status
  private static final int BUTTON_PRESSED = 1;
  private static final int PRESENCE_CHANGED = 1 << 3;
  private static final int COMMAND_COMPLETED = 1 << 4;
  private static final int PRESENT = 1 << 6;
  private static final int LINK_CHANGED = 1 << 8;
  private static final int EVENTS = 0x11f;
  private static final int EVENTS_WITH_LIKE_ENABLE = 0x1f;

  private static final int ROOT_CONTROL_WRITABLE = 0xf;

  private final int number;
  private final Owner owner;
  private int deviceControl = Express.DEVICE_CONTROL_DEFAULT;
  private int linkControl;
  private int slotControl = POWER_OFF | INDICATORS_OFF;
  private int rootControl;
  private int events;
  private boolean present;
  private boolean hotReset;
  private boolean linkUp;

  /** What follows from the slot's state. */
  interface Owner {
    /** The link came up, or went down. */
    void link(boolean up);

    /** The guest has turned off the power of the slot. */
    void poweredOff();

    /** The slot wants to interrupt, or not any more. */
    void interrupt(boolean asserted);
  }

  /**
   * An empty slot without power.
   *
   * @param number of slot and port, 1 to 255
   */
  ExpressPort(int number, Owner owner) {
    this.number = number;
    this.owner = owner;
  }

  /** As firmware hands over a slot that was not empty at power-on. */
  void start() {
    present = true;
    slotControl = INDICATOR_ON;
    follow();
    events = 0;
  }

  /** Somebody puts a card in. */
  void insert() {
    present = true;
    events |= PRESENCE_CHANGED;
    follow();
  }

  /** The card is gone. */
  void remove() {
    present = false;
    events |= PRESENCE_CHANGED;
    follow();
  }

  /** Somebody presses the attention button. */
  void press() {
    events |= BUTTON_PRESSED;
    follow();
  }

  /** The bridge resets the bus behind it, or does not any more. */
  void hotReset(boolean asserted) {
    hotReset = asserted;
    follow();
  }

  boolean isPowered() {
    return (slotControl & POWER_OFF) == 0;
  }

  boolean isLinkUp() {
    return linkUp;
  }

  private boolean mayLink() {
    return present && isPowered() && (linkControl & LINK_DISABLE) == 0 && !hotReset;
  }

  /** Sets link and interrupt to what follows from everything else. */
  private void follow() {
    boolean up = mayLink();
    if (up != linkUp) {
      linkUp = up;
      events |= LINK_CHANGED;
      owner.link(up);
    }
    int enabled = slotControl & EVENTS_WITH_LIKE_ENABLE;
    enabled |= (slotControl & LINK_CHANGED_ENABLE) != 0 ? LINK_CHANGED : 0;
    owner.interrupt((slotControl & INTERRUPT_ENABLE) != 0 && (events & enabled) != 0);
  }

  @Override
  public int id() {
    return Express.ID;
  }

  @Override
  public int length() {
    return Express.LENGTH;
  }

  @Override
  public int read(int register) {
    return switch (register) {
      case 0 -> (Express.VERSION | ROOT_PORT << Express.TYPE_SHIFT | SLOT_IMPLEMENTED) << 16;
      case Express.DEVICE_CAPABILITIES -> ROLE_BASED_ERRORS;
      case Express.DEVICE_CONTROL -> deviceControl;
      case Express.LINK_CAPABILITIES ->
          Express.link(register) | LINK_ACTIVE_REPORTING | number << PORT_NUMBER_SHIFT;
      case Express.LINK_CONTROL -> linkControl | linkStatus() << 16;
      case SLOT_CAPABILITIES -> SLOT_HAS | POWER_LIMIT_25_WATT | number << SLOT_NUMBER_SHIFT;
      case SLOT_CONTROL -> slotControl | (events | (present ? PRESENT : 0)) << 16;
      case ROOT_CONTROL -> rootControl;
      case Express.LINK_CAPABILITIES_2 -> Express.link(register);
      case Express.LINK_CONTROL_2 -> Express.SPEED;
      default -> 0;
    };
  }

  private int linkStatus() {
    return Express.LINK_STATUS | (linkUp ? LINK_ACTIVE : 0);
  }

  @Override
  public void write(int register, int value, int lanes) {
    switch (register) {
      case Express.DEVICE_CONTROL ->
          deviceControl =
              Registers.merge(deviceControl, value, lanes, Express.DEVICE_CONTROL_WRITABLE);
      case Express.LINK_CONTROL -> {
        linkControl = Registers.merge(linkControl, value, lanes, LINK_CONTROL_WRITABLE);
        follow();
      }
      case SLOT_CONTROL -> writeSlot(value, lanes);
      case ROOT_CONTROL ->
          rootControl = Registers.merge(rootControl, value, lanes, ROOT_CONTROL_WRITABLE);
      default -> {}
    }
  }

  /** Control in the low half; in the high half status, whose events are cleared by writing 1. */
  private void writeSlot(int value, int lanes) {
    boolean wasPowered = isPowered();
    events &= ~((value & lanes) >>> 16 & EVENTS);
    if ((lanes & 0xffff) != 0) {
      slotControl = Registers.merge(slotControl, value, lanes, SLOT_CONTROL_WRITABLE);
      events |= COMMAND_COMPLETED;
    }
    follow();
    if (wasPowered && !isPowered()) {
      owner.poweredOff();
    }
  }

  @Override
  public void save(StateWriter out) {
    out.put(new ExpressPortState(deviceControl, linkControl, slotControl, rootControl, events));
  }

  /** The registers; {@link #restoreLink} follows. */
  @Override
  public void restore(StateReader in) throws StateException {
    ExpressPortState state = in.take(ExpressPortState.class);
    deviceControl = state.deviceControl() & Express.DEVICE_CONTROL_WRITABLE;
    linkControl = state.linkControl() & LINK_CONTROL_WRITABLE;
    slotControl = state.slotControl() & SLOT_CONTROL_WRITABLE;
    rootControl = state.rootControl() & ROOT_CONTROL_WRITABLE;
    events = state.events() & EVENTS;
  }

  /** Sets the link to what follows from the restored registers, of which nobody is told. */
  void restoreLink(boolean inReset) {
    hotReset = inReset;
    linkUp = mayLink();
  }
}
