package org.tenon.cycle.one;

import org.tenon.cycle.two.Two;

/** Breaks "packages form no cycle", together with {@link Two}. */
public class One {
  Two next = new Two();
}
