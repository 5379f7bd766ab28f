package org.tenon.hv.app;

import java.util.Locale;

/** What lies between a bench and the driver: the words of {@code tenon bench --through}. */
enum BenchPathOption {
  /** A virtio-blk disk or a virtio-net card. */
  VIRTIO,
  /** An NVMe controller. */
  NVME,
  /** Two virtio-net cards on a virtual switch. */
  SWITCH;

  /** As the user writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
