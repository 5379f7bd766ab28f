package org.tenon.hv.machine;

/** As what kind of device a guest sees a disk. */
public enum DiskModel {
  /** virtio-blk over PCI. */
  VIRTIO,
  /** A namespace of an NVMe controller. */
  NVME
}
