package org.tenon.samples.e1000;

/**
 * Frames from the wire before the receiver: one that finds no descriptors waits, and with it all
 * that come after it, so that nothing is lost while the guest catches up. For the device thread.
 */
final class Arrivals {
  private static final int TURN_FRAMES = 64;
  private static final int NONE = -1;

  private final Wire wire;
  private final Receiver receiver;
  private final byte[] frame = new byte[WireParser.LONGEST];

  /** How long the frame is that waits. */
  private int waiting = NONE;

  Arrivals(Wire wire, Receiver receiver) {
    this.wire = wire;
    this.receiver = receiver;
  }

  /**
   * Takes a turn.
   *
   * @param open whether frames reach the receiver at all; else they are lost
   * @return whether there is more to do at once
   */
  boolean turn(boolean open) {
    for (int i = 0; i < TURN_FRAMES; i++) {
      boolean begins = waiting == NONE;
      if (begins) {
        waiting = wire.receive(frame);
      }
      if (waiting == NONE) {
        return false;
      }
      if (open && receiver.isEnabled() && !receiver.hasRoom(waiting)) {
        receiver.delay(begins);
        return false;
      }
      if (open) {
        receiver.receive(frame, 0, waiting);
      }
      waiting = NONE;
    }
    return true;
  }

  /** Forgets the frame that waits. */
  void reset() {
    waiting = NONE;
  }
}
