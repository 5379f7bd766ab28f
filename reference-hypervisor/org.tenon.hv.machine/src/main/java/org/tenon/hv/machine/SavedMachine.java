package org.tenon.hv.machine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.tenon.hv.bus.state.StateCodec;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/**
 * A saved machine as a stream: {@code TENONSAV}, the length of the state (u32), the state, then
 * each page of RAM that is not all zero as its guest-physical address (u64) and 4,096 bytes, and an
 * address of all ones at the end; the whole compressed with gzip, whose checksum it shares.
 */
public final class SavedMachine implements AutoCloseable {
  private static final byte[] MAGIC = "TENONSAV".getBytes(StandardCharsets.US_ASCII);
  private static final int PAGE = 4096;
  private static final int LARGEST_STATE = 1 << 24;
  private static final long END = -1;

  private final DataInputStream in;
  private final MachineState state;

  private SavedMachine(DataInputStream in, MachineState state) {
    this.in = in;
    this.state = state;
  }

  static void write(MachineState state, GuestMemory memory, OutputStream target)
      throws IOException {
    GZIPOutputStream zip = new GZIPOutputStream(target, 1 << 16);
    DataOutputStream out = new DataOutputStream(zip);
    byte[] bytes = StateCodec.encode(state);
    out.write(MAGIC);
    out.writeInt(bytes.length);
    out.write(bytes);
    byte[] page = new byte[PAGE];
    MemorySegment pageSegment = MemorySegment.ofArray(page);
    for (MemoryRegion region : memory.regions()) {
      for (long at = 0; at < region.size(); at += PAGE) {
        MemorySegment source = region.segment().asSlice(at, PAGE);
        if (!isZero(source)) {
          pageSegment.copyFrom(source);
          out.writeLong(region.base() + at);
          out.write(page);
        }
      }
    }
    out.writeLong(END);
    out.flush();
    zip.finish();
  }

  private static boolean isZero(MemorySegment page) {
    for (long at = 0; at < PAGE; at += 8) {
      if (page.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Opens a saved machine and reads its state; the RAM follows when a {@link Machine} is made of
   * it.
   *
   * @throws StateException when the stream holds no machine of this version
   */
  public static SavedMachine open(InputStream source) throws IOException, StateException {
    try {
      DataInputStream in = new DataInputStream(new GZIPInputStream(source, 1 << 16));
      byte[] magic = in.readNBytes(MAGIC.length);
      if (!java.util.Arrays.equals(magic, MAGIC)) {
        throw new StateException("this is no saved machine");
      }
      int length = in.readInt();
      if (length < 0 || length > LARGEST_STATE) {
        throw new StateException("a state of " + length + " bytes");
      }
      ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(length));
      return new SavedMachine(in, StateCodec.decode(MachineState.class, bytes));
    } catch (EOFException e) {
      throw new StateException("the saved machine is truncated", e);
    }
  }

  /** Everything but the RAM. */
  public MachineState state() {
    return state;
  }

  /** Fills RAM that is zero. */
  void readMemory(GuestMemory memory) throws IOException, StateException {
    byte[] page = new byte[PAGE];
    try {
      for (long address = in.readLong(); address != END; address = in.readLong()) {
        in.readFully(page);
        if (address % PAGE != 0 || !memory.write(address, MemorySegment.ofArray(page))) {
          throw new StateException(
              "a page at %#x, where the machine has no RAM".formatted(address));
        }
      }
      if (in.read() >= 0) {
        throw new StateException("bytes are left over behind the last page");
      }
    } catch (EOFException e) {
      throw new StateException("the saved machine is truncated", e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
