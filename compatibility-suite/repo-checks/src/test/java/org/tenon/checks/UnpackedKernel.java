package org.tenon.checks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The ELF file inside a Linux bzImage that is packed with XZ, as Debian's kernel for every PC is: a
 * simulated guest that need not unpack itself starts with a quarter of the instructions. The header
 * says where it is (The Linux/x86 boot protocol, payload_offset).
 */
final class UnpackedKernel {
  private static final int SECTOR = 512;
  private static final int SETUP_SECTORS = 0x1f1;
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24c;

  private UnpackedKernel() {}

  /** Writes what is in {@code image} to {@code target}. */
  static Path unpack(Path image, Path target) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
    int start =
        (Byte.toUnsignedInt(bytes.get(SETUP_SECTORS)) + 1) * SECTOR + bytes.getInt(PAYLOAD_OFFSET);
    int length = bytes.getInt(PAYLOAD_LENGTH);
    try (InputStream in =
        new XZCompressorInputStream(new ByteArrayInputStream(bytes.array(), start, length))) {
      Files.copy(in, target);
    }
    return target;
  }
}
