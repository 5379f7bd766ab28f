package org.tenon.tck.block.subject;

import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.ObservedStorage;

/**
 * A scratch under observation.
 *
 * @param storage where accesses are recorded and faults are injected
 * @param reach the way that leads past the observer
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Observed(ObservedStorage storage, Reach reach) implements AutoCloseable {
  @Override
  public void close() {
    storage.close();
  }
}
