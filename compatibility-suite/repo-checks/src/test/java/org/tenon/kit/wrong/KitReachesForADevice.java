package org.tenon.kit.wrong;

import org.tenon.hv.nvme.wrong.OtherDevice;

/** Breaks "kit and suite use the partners' door". */
class KitReachesForADevice {
  OtherDevice device = new OtherDevice();
}
