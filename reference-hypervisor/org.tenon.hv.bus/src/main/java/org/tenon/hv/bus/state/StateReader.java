package org.tenon.hv.bus.state;

import java.nio.ByteBuffer;

/** Takes the records that a {@link StateWriter} put, in their order. */
public final class StateReader {
  private final ByteBuffer in;

  /** From the buffer's position to its limit. */
  public StateReader(ByteBuffer in) {
    this.in = in.slice();
  }

  /**
   * Takes the next record.
   *
   * @throws StateException when it is another, of another version, damaged or not there
   */
  public <R extends Record> R take(Class<R> type) throws StateException {
    return StateCodec.decode(type, in);
  }

  /** Whether the next record is one of this format, of whichever version. */
  public boolean isNext(Class<? extends Record> type) {
    return StateCodec.holds(type, in);
  }

  /**
   * Says that everything is taken.
   *
   * @throws StateException when something is left over
   */
  public void end() throws StateException {
    if (in.hasRemaining()) {
      throw new StateException(in.remaining() + " bytes of state are left over");
    }
  }
}
