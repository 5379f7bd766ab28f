package org.tenon.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;

/**
 * How a driver's state moves when its guest is saved, or migrated to another host. Every driver
 * says it: there is no default.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public sealed interface Migration {
  /**
   * It cannot move; the host refuses to save the guest and shows the reason.
   *
   * @param reason in one line, for an operator
   */
  record Refused(String reason) implements Migration {}

  /** Nothing moves: the storage and the configuration are all there is. */
  record Stateless() implements Migration {}

  /**
   * Some bytes move. The host calls {@code saver} in QUIESCED, and {@code restorer} in OPENED on
   * the driver of the other side, which was opened with the same agreement.
   *
   * @param kind what the bytes are; a driver that receives another kind refuses
   * @param version of the format; newer drivers read every older version, from 1
   * @param saver writes the current version
   * @param restorer reads any version up to the current one
   */
  record Stateful(Identifier kind, int version, Saver saver, Restorer restorer)
      implements Migration {}

  /** Writes a driver's state. */
  @FunctionalInterface
  interface Saver {
    /**
     * Writes the state. The stream stays open.
     *
     * @throws IOException if the stream fails
     */
    void save(OutputStream out) throws IOException;
  }

  /** Reads a driver's state. */
  @FunctionalInterface
  interface Restorer {
    /**
     * Reads a state, to its last byte.
     *
     * @param version of the format that was written
     * @throws IOException if the stream fails
     * @throws DriverException if the state is malformed or of a newer version
     */
    void restore(int version, InputStream in) throws IOException, DriverException;
  }
}
