/** VIRTIO 1.2 from the device's side: virtqueues, device status and negotiation, device models. */
module org.tenon.hv.virtio {
  requires transitive org.tenon.hv.attach;
  requires transitive org.tenon.hv.memory;
  requires transitive org.tenon.hv.pci;
  requires static org.jspecify;

  exports org.tenon.hv.virtio;
  exports org.tenon.hv.virtio.balloon;
  exports org.tenon.hv.virtio.blk;
  exports org.tenon.hv.virtio.console;
  exports org.tenon.hv.virtio.net;
  exports org.tenon.hv.virtio.pci;
  exports org.tenon.hv.virtio.rng;
  exports org.tenon.hv.virtio.stream;
  exports org.tenon.hv.virtio.vsock;
}
