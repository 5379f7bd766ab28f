package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.spi.block.BlockGeometry;

/** The data structures of the Identify command (5.15). */
final class Identify {
  /** Bytes of every one. */
  static final int BYTES = 4096;

  /** How many Abort commands and event requests may wait, counted from 0 (ACL, AERL). */
  static final int LIMIT = 3;

  /** How many error log entries are kept. */
  static final int ERROR_ENTRIES = 64;

  private static final int VERSION = 0x00010400;
  private static final int NAMESPACE_NOTICES = 1 << 8;
  private static final int IO_CONTROLLER = 1;
  private static final int ONE_READ_ONLY_SLOT = 0b011;
  private static final int EFFECTS_LOG_AND_OFFSETS = 0b110;
  private static final int DATASET_MANAGEMENT = 1 << 2;
  private static final int WRITE_ZEROES = 1 << 3;
  private static final int FLUSHES_ALL_NAMESPACES = 0b110;
  private static final int SGL = 1;

  private Identify() {}

  /** The controller (figure 247). */
  static byte[] controller(PciIdentity pci, Namespace namespace) {
    byte[] bytes = new byte[BYTES];
    MemorySegment out = MemorySegment.ofArray(bytes);
    Le.setShort(out, 0, pci.vendor());
    Le.setShort(out, 2, pci.subsystemVendor());
    ascii(bytes, 4, 20, namespace.identity().serial());
    ascii(bytes, 24, 40, namespace.identity().product());
    ascii(bytes, 64, 8, namespace.identity().revision());
    bytes[77] = (byte) Integer.numberOfTrailingZeros(namespace.transferPages());
    Le.setInt(out, 80, VERSION);
    Le.setInt(out, 92, NAMESPACE_NOTICES);
    bytes[111] = IO_CONTROLLER;
    bytes[258] = LIMIT;
    bytes[259] = LIMIT;
    bytes[260] = ONE_READ_ONLY_SLOT;
    bytes[261] = EFFECTS_LOG_AND_OFFSETS;
    bytes[262] = ERROR_ENTRIES - 1;
    bytes[512] = 0x66;
    bytes[513] = 0x44;
    Le.setInt(out, 516, Namespace.ID);
    Le.setShort(
        out,
        520,
        (namespace.discard() ? DATASET_MANAGEMENT : 0)
            | (namespace.writeZeroes() ? WRITE_ZEROES : 0));
    bytes[525] = (byte) (FLUSHES_ALL_NAMESPACES | (namespace.volatileCache() ? 1 : 0));
    Le.setInt(out, 536, SGL);
    byte[] name =
        ("nqn.2014-08.org.nvmexpress:uuid:" + namespace.uuid()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, bytes, 768, name.length);
    return bytes;
  }

  /** The namespace (figure 245). */
  static byte[] namespace(Namespace namespace) {
    BlockGeometry geometry = namespace.geometry();
    byte[] bytes = new byte[BYTES];
    MemorySegment out = MemorySegment.ofArray(bytes);
    for (int field = 0; field < 24; field += 8) {
      Le.setLong(out, field, geometry.blocks());
    }
    int optimalHints = 1 << 4;
    int zeroesMayDeallocate = 1 << 3;
    bytes[24] = (byte) optimalHints;
    bytes[33] = (byte) (namespace.writeZeroes() ? zeroesMayDeallocate : 0);
    int perPhysical = geometry.physicalBlockSize() / geometry.logicalBlockSize();
    Le.setShort(out, 64, perPhysical - 1);
    Le.setShort(out, 66, perPhysical - 1);
    if (namespace.discard()) {
      int granularity = Math.min(geometry.discardGranularityBlocks(), 0x10000);
      Le.setShort(out, 68, granularity - 1);
      Le.setShort(out, 70, granularity - 1);
    }
    Le.setShort(out, 72, Math.max(1, Math.min(geometry.optimalIoBlocks(), 0x10000)) - 1);
    bytes[99] = (byte) (geometry.readOnly() ? 1 : 0);
    Le.setInt(out, 128, Integer.numberOfTrailingZeros(geometry.logicalBlockSize()) << 16);
    return bytes;
  }

  /** The ids of the active namespaces above one. */
  static byte[] namespaceList(int above) {
    byte[] bytes = new byte[BYTES];
    if (Integer.compareUnsigned(above, Namespace.ID) < 0) {
      Le.setInt(MemorySegment.ofArray(bytes), 0, Namespace.ID);
    }
    return bytes;
  }

  /** The namespace's UUID, the only descriptor of the list. */
  static byte[] descriptors(Namespace namespace) {
    byte[] bytes = new byte[BYTES];
    UUID uuid = namespace.uuid();
    int uuidType = 3;
    ByteBuffer.wrap(bytes)
        .put((byte) uuidType)
        .put((byte) 16)
        .putShort((short) 0)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits());
    return bytes;
  }

  /** Text padded with spaces. */
  static void ascii(byte[] into, int at, int length, String text) {
    for (int i = 0; i < length; i++) {
      into[at + i] = (byte) (i < text.length() ? text.charAt(i) : ' ');
    }
  }
}
