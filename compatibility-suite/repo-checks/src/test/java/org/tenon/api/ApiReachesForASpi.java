package org.tenon.api;

import org.tenon.spi.Spi;

/** Breaks "api needs only the JDK". */
class ApiReachesForASpi {
  Version spi = Spi.VERSION;
}
