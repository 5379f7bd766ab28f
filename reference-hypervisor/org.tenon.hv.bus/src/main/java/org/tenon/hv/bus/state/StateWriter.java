package org.tenon.hv.bus.state;

import java.io.ByteArrayOutputStream;

/**
 * State records one after the other, each under its own name and version, so that each can get a
 * successor without the others. {@link StateReader} takes them in the same order.
 */
public final class StateWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Nothing yet. */
  public StateWriter() {}

  /** Appends a record that carries {@link StateFormat}. */
  public void put(Record state) {
    out.writeBytes(StateCodec.encode(state));
  }

  /** All of them. */
  public byte[] toBytes() {
    return out.toByteArray();
  }
}
