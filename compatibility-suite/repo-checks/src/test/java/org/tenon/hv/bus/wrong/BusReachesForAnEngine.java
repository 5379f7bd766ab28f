package org.tenon.hv.bus.wrong;

import org.tenon.hv.engine.wrong.EngineReachesForADevice;

/** Breaks "only the machine sees engine and bus". */
public class BusReachesForAnEngine {
  EngineReachesForADevice engine = new EngineReachesForADevice();
}
