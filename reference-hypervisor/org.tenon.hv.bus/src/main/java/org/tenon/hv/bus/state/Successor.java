package org.tenon.hv.bus.state;

import org.jspecify.annotations.Nullable;

/**
 * A state record that has a version before it. It is written in the oldest version that can say
 * what it holds, so that an older build reads a newer one's file unless the file needs what the
 * older one does not know.
 *
 * @param <R> the record of the version before
 */
public interface Successor<R extends Record> {
  /** The same in the version before, or null where that cannot say it. */
  @Nullable R older();
}
