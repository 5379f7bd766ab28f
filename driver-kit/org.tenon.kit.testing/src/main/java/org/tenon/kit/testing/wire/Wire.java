package org.tenon.kit.testing.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.tenon.api.Stability;

/** The wire at one driver, held at its other end by a test. For one thread. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Wire extends AutoCloseable {
  /** What a wire may be able to do. */
  enum Ability {
    /** What is sent comes back to the card; {@link #inject} and {@link #observe} do nothing. */
    LOOPS("brings back what is sent"),
    /** {@link #observe} gives what has left. */
    OBSERVES("shows what leaves"),
    /** {@link #inject} has any frame come. */
    INJECTS("lets any frame come"),
    /** {@link #inject} has frames come that are longer than the card takes. */
    INJECTS_TOO_LONG("lets frames come that are too long"),
    /** {@link #setLink} changes the link. */
    CHANGES_LINK("changes its link"),
    /** {@link #station} puts a station of the host's own at the other end. */
    HAS_STATION("has a station at its other end"),
    /** That station answers in VLANs too. */
    HAS_STATION_IN_VLANS("has a station at its other end that answers in VLANs");

    private final String words;

    Ability(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** What the driver is to be set so that it finds its end. */
  Map<String, String> settings();

  /** The driver is open and started on its end. */
  default void attached() {}

  /**
   * Has a frame come by the wire.
   *
   * @param frame from its destination address on, complete
   */
  default void inject(byte[] frame) {}

  /** Waits so long, in real time, for the next frame that leaves by the wire. */
  default Optional<byte[]> observe(Duration limit) {
    return Optional.empty();
  }

  /** Has the link go up or down. */
  default void setLink(boolean up) {}

  /**
   * The station at the other end, which has no address yet; the same each time.
   *
   * @throws IOException if there is none, or the host makes none
   */
  default Station station() throws IOException {
    throw new IOException("this wire has no station at its other end");
  }

  /** Takes the wire away. The driver is closed. */
  @Override
  void close();
}
