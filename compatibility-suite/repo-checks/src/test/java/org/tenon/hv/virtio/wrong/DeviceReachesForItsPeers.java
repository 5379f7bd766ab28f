package org.tenon.hv.virtio.wrong;

import org.tenon.hv.nvme.wrong.OtherDevice;
import org.tenon.hv.plugin.wrong.Plugin;

/** Breaks "device models do not know one another" and "device models know no plugin". */
public class DeviceReachesForItsPeers {
  OtherDevice peer = new OtherDevice();
  Plugin plugin = new Plugin();
}
