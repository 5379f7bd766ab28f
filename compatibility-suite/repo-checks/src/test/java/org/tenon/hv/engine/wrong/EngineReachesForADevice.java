package org.tenon.hv.engine.wrong;

import org.tenon.hv.virtio.wrong.DeviceReachesForItsPeers;

/** Breaks "engines know no bus, device or partner". */
public class EngineReachesForADevice {
  DeviceReachesForItsPeers device = new DeviceReachesForItsPeers();
}
