package org.tenon.samples.pcihello;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;

/** All of the function's state. A saved one is these fields in this order, in big-endian order. */
final class HelloRegisters {
  /** The status before the first greeting. */
  static final int NOTHING_YET = -1;

  static final long NOT_RUNG = -1;

  static final int VERSION = 1;

  int scratch;
  int addressLow;
  int addressHigh;
  int delayMicros;
  int status;
  int greetings;
  boolean interrupting;

  /** What the doorbell that is delayed was written with. */
  int delayedLength;

  /** How much of its delay is left in a saved state, in nanoseconds; {@link #NOT_RUNG} for none. */
  long delayedNanos;

  HelloRegisters() {
    reset();
  }

  /** As after power-on. */
  void reset() {
    scratch = 0;
    addressLow = 0;
    addressHigh = 0;
    delayMicros = 0;
    status = NOTHING_YET;
    greetings = 0;
    interrupting = false;
    delayedLength = 0;
    delayedNanos = NOT_RUNG;
  }

  /** Where the greeting goes. */
  long address() {
    return (long) addressHigh << 32 | Integer.toUnsignedLong(addressLow);
  }

  void save(OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeInt(scratch);
    out.writeInt(addressLow);
    out.writeInt(addressHigh);
    out.writeInt(delayMicros);
    out.writeInt(status);
    out.writeInt(greetings);
    out.writeBoolean(interrupting);
    out.writeInt(delayedLength);
    out.writeLong(delayedNanos);
    out.flush();
  }

  void restore(int version, InputStream stream) throws IOException, DriverException {
    if (version != VERSION) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "a pci-hello state of version %d; this driver reads version %d"
              .formatted(version, VERSION));
    }
    DataInputStream in = new DataInputStream(stream);
    try {
      scratch = in.readInt();
      addressLow = in.readInt();
      addressHigh = in.readInt();
      delayMicros = in.readInt();
      status = in.readInt();
      greetings = in.readInt();
      interrupting = in.readBoolean();
      delayedLength = in.readInt();
      delayedNanos = Math.max(NOT_RUNG, in.readLong());
    } catch (EOFException e) {
      throw new DriverException(Status.INVALID, "the pci-hello state ends too early", e);
    }
    if (in.read() >= 0) {
      throw new DriverException(Status.INVALID, "the pci-hello state has bytes too many");
    }
  }
}
