package org.tenon.cycle.two;

import org.jspecify.annotations.Nullable;
import org.tenon.cycle.one.One;

/** Breaks "packages form no cycle", together with {@link One}. */
public class Two {
  @Nullable One back;
}
