package org.tenon.spi.wrong;

import org.tenon.hv.engine.wrong.EngineReachesForADevice;

/**
 * Breaks "spi needs only the JDK and the api", and "every public SDK type says how stable it is".
 */
public class SpiReachesForAnEngine {
  EngineReachesForADevice engine = new EngineReachesForADevice();
}
