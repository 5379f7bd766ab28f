package org.tenon.hv.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * x87, MMX and SSE state as the 512-byte image that FXSAVE64 writes with REX.W (Intel SDM vol. 1,
 * 10.5). Immutable.
 */
public final class FpuState {
  /** Bytes in the image. */
  public static final int SIZE = 512;

  private final byte[] image;

  private FpuState(byte[] image) {
    this.image = image;
  }

  /**
   * From an image.
   *
   * @throws IllegalArgumentException unless it has 512 bytes
   */
  public static FpuState of(byte[] image) {
    if (image.length != SIZE) {
      throw new IllegalArgumentException("an FXSAVE image has 512 bytes, not " + image.length);
    }
    return new FpuState(image.clone());
  }

  /** The state after power-on: FCW 040H, MXCSR 1F80H, all registers zero and marked in use. */
  public static FpuState reset() {
    byte[] image = new byte[SIZE];
    ByteBuffer view = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    view.putShort(0, (short) 0x40);
    view.put(4, (byte) 0xff);
    view.putInt(24, 0x1f80);
    view.putInt(28, 0xffff);
    return new FpuState(image);
  }

  /** A copy of the image. */
  public byte[] toBytes() {
    return image.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FpuState that && Arrays.equals(image, that.image);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(image);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(image);
  }
}
