package org.tenon.tck.block;

import org.tenon.api.Stability;
import org.tenon.tck.block.subject.BlockSubject;

/**
 * Every test of a block driver. A partner extends it in a test of its own:
 *
 * <pre>{@code
 * class ArrayDriverTest extends BlockDriverContract {
 *   @Override protected BlockSubject subject() {
 *     return BlockSubject.of(new ArrayDriverFactory(), new FileStorage("path", Map.of())).build();
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract class BlockDriverContract {
  /** For partners. */
  protected BlockDriverContract() {}

  /** The driver under test. Called once for each test. */
  protected abstract BlockSubject subject();
}
