package org.tenon.spi;

import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Stability;

/**
 * A driver instance that serves one virtual device. Its life:
 *
 * <pre>{@code
 *           open            start              quiesce
 * factory ────────▶ OPENED ───────▶ RUNNING ───────────▶ QUIESCING
 *                     │             ▲ ▲ │ │                  │ its stage completes
 *                     │     resume ╱  │ │ │ reset            ▼
 *                     │           ╱   │ │ └───────┐      QUIESCED
 *                     │          └────┼─┼─────────┼──────────┘ │
 *                     │               │ │         ▼            │
 *                     │               └─┼───── RESETTING       │
 *                     │   stage completes│                     │
 *                     ▼                 ▼                      ▼
 *                   close ──────────▶ CLOSED ◀─────────────── close
 * }</pre>
 *
 * <p>{@link LifeCycle} enforces the drawing, for the host and for any driver that wants it. The
 * host calls the methods below from one control thread, one at a time, except {@link #health()},
 * which any thread may call. It waits for each of them, and for the stages they return, no longer
 * than {@link Deadlines#control()}; a driver that takes longer is hung.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public interface Driver extends AutoCloseable {
  /**
   * Begins to serve. Called once, in OPENED.
   *
   * @throws DriverException if the driver cannot serve; the host then closes it
   */
  void start() throws DriverException;

  /**
   * Comes to rest: every request accepted so far completes, with its effects and its status as
   * without the pause. The host submits nothing from this call until after {@link #resume()}.
   *
   * @return completes when no accepted request is left; never exceptionally
   */
  CompletionStage<Void> quiesce();

  /** Serves again. Called in QUIESCED. */
  void resume();

  /**
   * Forgets the guest: every request accepted so far completes, as {@link
   * org.tenon.api.Status#ABORTED} where it was not carried out, and the device is as after {@link
   * #start()}. What was acknowledged as durable stays so. Called in RUNNING; the host submits
   * nothing until the stage completes.
   *
   * @return completes when no accepted request is left; never exceptionally
   */
  CompletionStage<Void> reset();

  /** How the driver is. Never blocks and never throws; callable by any thread in any state. */
  Health health();

  /**
   * Whether and how the driver's state moves to another host. The answer is the same throughout the
   * driver's life.
   */
  Migration migration();

  /**
   * Ends. Every request accepted so far is completed first, as {@link org.tenon.api.Status#ABORTED}
   * where it was not carried out; afterwards no thread, timer, file or memory of the driver is
   * left. Callable in every state; a second call does nothing. Never throws.
   */
  @Override
  void close();
}
