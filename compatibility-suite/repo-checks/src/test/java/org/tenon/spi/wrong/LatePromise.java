package org.tenon.spi.wrong;

import org.tenon.api.Stability;

/** Breaks "no promised date has passed". */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2005-01-01")
public class LatePromise {}
