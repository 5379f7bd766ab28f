package org.tenon.kit.testing.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tenon.api.Stability;

/** What a guest asks of a virtio-blk device; it need not make sense. Immutable. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestBlockRequest {
  private static final int ID_BYTES = 20;
  private static final int RANGE_BYTES = 16;
  private static final byte[] NOTHING = new byte[0];
  private static final int[] WHOLE = new int[0];

  private final int type;
  private final long sector;
  private final byte[] out;
  private final int inBytes;
  private final int[] pieces;

  private GuestBlockRequest(int type, long sector, byte[] out, int inBytes, int[] pieces) {
    this.type = type;
    this.sector = sector;
    this.out = out;
    this.inBytes = inBytes;
    this.pieces = pieces;
  }

  /** Reads {@code bytes} from a sector. */
  public static GuestBlockRequest read(long sector, int bytes) {
    return of(VirtioBlk.IN, sector, NOTHING, bytes);
  }

  /** Writes to a sector. */
  public static GuestBlockRequest write(long sector, byte[] data) {
    return of(VirtioBlk.OUT, sector, data, 0);
  }

  /** Makes durable what was written. */
  public static GuestBlockRequest flush() {
    return of(VirtioBlk.FLUSH, 0, NOTHING, 0);
  }

  /** Asks for the serial. */
  public static GuestBlockRequest id() {
    return of(VirtioBlk.GET_ID, 0, NOTHING, ID_BYTES);
  }

  /** Gives sectors back. */
  public static GuestBlockRequest discard(long sector, int sectors) {
    return of(VirtioBlk.DISCARD, 0, range(sector, sectors, 0), 0);
  }

  /** Zeroes sectors. */
  public static GuestBlockRequest writeZeroes(long sector, int sectors, boolean mayUnmap) {
    return of(VirtioBlk.WRITE_ZEROES, 0, range(sector, sectors, mayUnmap ? 1 : 0), 0);
  }

  /**
   * Any request.
   *
   * @param type of {@link VirtioBlk}, or any other
   * @param out what the device reads after the header
   * @param inBytes how much it may write before the status
   */
  public static GuestBlockRequest of(int type, long sector, byte[] out, int inBytes) {
    return new GuestBlockRequest(type, sector, out.clone(), inBytes, WHOLE);
  }

  /** The same with its data in pieces of these lengths, in bytes; they must add up to the data. */
  public GuestBlockRequest pieces(int... lengths) {
    if (Arrays.stream(lengths).sum() != out.length + inBytes
        || Arrays.stream(lengths).anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException(
          Arrays.toString(lengths)
              + " do not cut "
              + (out.length + inBytes)
              + " bytes into pieces");
    }
    return new GuestBlockRequest(type, sector, out, inBytes, lengths.clone());
  }

  /** The request type. */
  public int type() {
    return type;
  }

  /** The sector in the header. */
  public long sector() {
    return sector;
  }

  /** How much the device may write before the status, in bytes. */
  public int inBytes() {
    return inBytes;
  }

  byte[] out() {
    return out;
  }

  int[] pieceLengths() {
    int whole = out.length + inBytes;
    return pieces.length > 0 ? pieces : whole == 0 ? WHOLE : new int[] {whole};
  }

  private static byte[] range(long sector, int sectors, int flags) {
    return ByteBuffer.allocate(RANGE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(sector)
        .putInt(sectors)
        .putInt(flags)
        .array();
  }

  @Override
  public String toString() {
    return "type %d sector %d, %d bytes out, %d in".formatted(type, sector, out.length, inBytes);
  }
}
