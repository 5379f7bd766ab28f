package org.tenon.hv.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A running SHA-256 (FIPS 180-4). */
final class Sha256 {
  private static final int CHUNK = 64 << 10;

  private final MessageDigest digest;

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Copies at most {@code limit} bytes, taking them in on the way. */
  void copy(InputStream from, OutputStream to, long limit) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long left = limit;
    while (left > 0) {
      int read = from.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (read < 0) {
        return;
      }
      digest.update(chunk, 0, read);
      to.write(chunk, 0, read);
      left -= read;
    }
  }

  /** Takes in what is written there, and nothing else happens to it. */
  OutputStream sink() {
    return new DigestOutputStream(OutputStream.nullOutputStream(), digest);
  }

  /** The digest in lower-case hexadecimal digits; ends the run. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
