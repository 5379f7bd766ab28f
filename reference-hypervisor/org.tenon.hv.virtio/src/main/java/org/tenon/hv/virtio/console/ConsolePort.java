package org.tenon.hv.virtio.console;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.BufferWriter;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.hv.virtio.stream.HostStream;

/** One port: what the driver knows of it, and its bytes in both directions. Run-loop thread. */
final class ConsolePort {
  private static final byte[] NO_TEXT = {};

  /** Events that the driver has not been told of, in the order in which it is to hear of them. */
  private static final int[] IN_ORDER = {
    ControlEvent.DEVICE_ADD,
    ControlEvent.CONSOLE_PORT,
    ControlEvent.PORT_NAME,
    ControlEvent.PORT_OPEN
  };

  private static final int NONE = -1;

  private final int id;
  private final byte @Nullable [] name;
  private final PortEnd end;
  private final DescriptorChain sent;
  private final BufferReader reader = new BufferReader();
  private boolean holding;
  private int heldId;
  private int heldSlots;
  private boolean ready;
  private boolean guestOpen;
  private boolean toldOpen;
  private int due;

  /**
   * A port after reset.
   *
   * @param name null for a console
   * @param maxChain the most elements of a buffer
   */
  ConsolePort(int id, byte @Nullable [] name, PortEnd end, int maxChain) {
    this.id = id;
    this.name = name;
    this.end = end;
    sent = new DescriptorChain(maxChain);
  }

  int id() {
    return id;
  }

  PortEnd end() {
    return end;
  }

  /** The driver has gone. */
  void reset() {
    holding = false;
    ready = false;
    guestOpen = false;
    toldOpen = false;
    due = 0;
  }

  /** The driver knows no control messages: the only port is a console, open from now on. */
  void startAlone() {
    guestOpen = true;
  }

  /** The driver wants to hear of all ports. */
  void announce() {
    due |= 1 << ControlEvent.DEVICE_ADD;
  }

  /** The driver is ready for this port. */
  void guestReady() {
    ready = true;
    toldOpen = false;
    guestOpen |= name == null;
    due |= 1 << (name == null ? ControlEvent.CONSOLE_PORT : ControlEvent.PORT_NAME);
  }

  void guestOpen(boolean now) {
    guestOpen = now;
  }

  /** Notices who has come or gone at the host's end; whether the driver must be told something. */
  boolean look() {
    if (ready && isHostOpen() != toldOpen) {
      due |= 1 << ControlEvent.PORT_OPEN;
    } else if (!isHostOpen()) {
      end.forget();
    }
    return due != 0;
  }

  /** Whoever has said everything, and has been given everything, counts as gone. */
  private boolean isHostOpen() {
    HostStream stream = end.stream();
    if (stream == null) {
      return false;
    }
    boolean ended = stream.isInputEnded();
    boolean heard = stream.toGuest().used() == 0 || !guestOpen;
    return !(ended && heard && stream.isDrained());
  }

  /** The next event to tell of, or a negative number. */
  int nextEvent() {
    for (int event : IN_ORDER) {
      if ((due & 1 << event) != 0) {
        return event;
      }
    }
    return NONE;
  }

  /** Writes the message for {@link #nextEvent} as far as there is room for it. */
  void tell(int event, BufferWriter into) {
    due &= ~(1 << event);
    boolean open = isHostOpen();
    int value = event == ControlEvent.PORT_OPEN && !open ? 0 : 1;
    if (event == ControlEvent.PORT_OPEN) {
      toldOpen = open;
      if (!open) {
        end.forget();
      }
    }
    byte[] text = event == ControlEvent.PORT_NAME && name != null ? name : NO_TEXT;
    if (into.left() < ControlEvent.BYTES + text.length) {
      return;
    }
    into.number(id, 4);
    into.number(event, 2);
    into.number(value, 2);
    for (byte letter : text) {
      into.number(letter, 1);
    }
  }

  /**
   * Gives the driver what has come for it.
   *
   * @return false when there is nothing more, true when buffers are missing
   */
  boolean receive(Virtqueue ring, DescriptorChain chain, BufferWriter writer) {
    HostStream stream = end.stream();
    if (stream == null || !guestOpen) {
      return false;
    }
    boolean some = false;
    while (stream.toGuest().used() > 0 && ring.pop(chain)) {
      writer.aim(chain);
      int count = stream.toGuest().take(writer, Long.MAX_VALUE);
      ring.push(chain.id(), chain.slots(), count);
      some = true;
    }
    if (some) {
      stream.moved();
    }
    return stream.toGuest().used() > 0;
  }

  /**
   * Takes what the driver sends; where nobody is at the host's end it is lost.
   *
   * @return false while the host's end has no room
   */
  boolean transmit(Virtqueue ring) {
    while (true) {
      if (!holding) {
        if (!ring.pop(sent)) {
          return true;
        }
        reader.aim(sent);
        holding = true;
        heldId = sent.id();
        heldSlots = sent.slots();
      }
      if (!pass()) {
        return false;
      }
      ring.push(heldId, heldSlots, 0);
      holding = false;
    }
  }

  private boolean pass() {
    HostStream stream = end.stream();
    while (stream != null && !stream.isBroken() && reader.left() > 0) {
      int count = stream.fromGuest().put(reader);
      stream.moved();
      if (count == 0) {
        if (!stream.isPrompt()) {
          return false;
        }
        stream.awaitRoom();
      }
    }
    return true;
  }

  /** The driver takes the buffer back that waits for room. */
  void forgetHeld() {
    holding = false;
  }

  /** How many descriptors the buffer takes that waits for room. */
  int heldSlots() {
    return holding ? heldSlots : 0;
  }

  /** What is to be saved. */
  ConsoleState.Port state() {
    return new ConsoleState.Port(
        ready, guestOpen, toldOpen, due, holding ? heldId : -1, heldSlots());
  }

  /** Goes on; who was at the host's end is gone, and what the guest was sending there is lost. */
  void restore(ConsoleState.Port state) {
    ready = state.ready();
    guestOpen = state.guestOpen();
    toldOpen = state.toldOpen();
    due = state.due();
    holding = state.heldSlots() > 0;
    heldId = state.heldId();
    heldSlots = state.heldSlots();
  }

  /** A character outside the queues; lost where there is no room. */
  void emergency(byte character) {
    HostStream stream = end.stream();
    if (stream != null && stream.fromGuest().free() > 0) {
      stream.fromGuest().put(character);
      stream.moved();
    }
  }
}
