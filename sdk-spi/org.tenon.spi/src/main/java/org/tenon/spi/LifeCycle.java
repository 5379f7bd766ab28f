package org.tenon.spi;

import java.util.EnumSet;
import java.util.Set;
import org.tenon.api.Stability;

/**
 * The state of one driver, which moves only as {@link Driver} draws it. The host keeps one for each
 * driver; a driver may keep one for itself. Safe for use by any thread.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class LifeCycle {
  /** The states of the drawing in {@link Driver}. */
  public enum State {
    /** Opened, not yet started. */
    OPENED,
    /** Serving. The only state in which requests are submitted. */
    RUNNING,
    /** Completing what was accepted, before a pause. */
    QUIESCING,
    /** Paused: nothing is in flight. */
    QUIESCED,
    /** Completing what was accepted, before a new beginning. */
    RESETTING,
    /** Ended. */
    CLOSED
  }

  private State state = State.OPENED;

  /** A driver just opened. */
  public LifeCycle() {}

  /** Where the driver is. */
  public synchronized State state() {
    return state;
  }

  /** Whether requests may be submitted. */
  public boolean isRunning() {
    return state() == State.RUNNING;
  }

  /**
   * Moves on.
   *
   * @throws IllegalStateException if the drawing has no such arrow; the message names both states
   */
  public synchronized void moveTo(State next) {
    if (!after(state).contains(next)) {
      throw new IllegalStateException("a driver that is " + state + " cannot become " + next);
    }
    state = next;
  }

  private static Set<State> after(State state) {
    return switch (state) {
      case OPENED, QUIESCED, RESETTING -> EnumSet.of(State.RUNNING, State.CLOSED);
      case RUNNING -> EnumSet.of(State.QUIESCING, State.RESETTING, State.CLOSED);
      case QUIESCING -> EnumSet.of(State.QUIESCED, State.CLOSED);
      case CLOSED -> EnumSet.of(State.CLOSED);
    };
  }
}
