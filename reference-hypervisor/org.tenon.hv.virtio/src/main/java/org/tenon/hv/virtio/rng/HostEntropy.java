package org.tenon.hv.virtio.rng;

import java.security.SecureRandom;
import java.util.Arrays;

/** Bytes that nobody can predict, from the host's own generator, a reserve at a time. */
public final class HostEntropy implements Entropy {
  private final SecureRandom random = new SecureRandom();
  private final byte[] reserve = new byte[RngDevice.MOST_BYTES];
  private int used = reserve.length;

  /** With an empty reserve. */
  public HostEntropy() {}

  /** What has been given out is wiped from the reserve. */
  @Override
  public void fill(byte[] into, int count) {
    for (int done = 0; done < count; ) {
      if (used == reserve.length) {
        random.nextBytes(reserve);
        used = 0;
      }
      int piece = Math.min(count - done, reserve.length - used);
      System.arraycopy(reserve, used, into, done, piece);
      Arrays.fill(reserve, used, used + piece, (byte) 0);
      used += piece;
      done += piece;
    }
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public void position(long saved) {}
}
