/** The {@code tenon} command: what a user types, wired to what the other modules do. */
module org.tenon.hv.app {
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires info.picocli;
  requires java.logging;
  requires org.apache.commons.compress;
  requires org.jline;
  requires static org.jspecify;
  requires org.tenon.hv.attach;
  requires org.tenon.hv.device;
  requires org.tenon.hv.engine;
  requires org.tenon.hv.machine;
  requires org.tenon.hv.memory;
  requires org.tenon.hv.nvme;
  requires org.tenon.hv.platform;
  requires org.tenon.hv.plugin;
  requires org.tenon.hv.virtio;
  requires org.tenon.hv.vswitch;
  requires org.tenon.kit.bench;
  requires org.tenon.kit.testing;
  requires org.tenon.tck.block;
  requires org.tenon.tck.core;
  requires org.tenon.tck.device;
  requires org.tenon.tck.hypervisor;
  requires org.tenon.tck.net;
  requires org.tenon.tck.vswitch;

  uses org.tenon.hv.engine.Engine;

  opens org.tenon.hv.app to
      com.fasterxml.jackson.databind,
      info.picocli;

  provides org.tenon.kit.testing.guest.GuestHost with
      org.tenon.hv.app.testbed.GuestTestBed;
  provides org.tenon.kit.testing.pci.PciDeviceHost with
      org.tenon.hv.app.testbed.PciTestBed;
  provides org.tenon.kit.testing.virtio.VirtioBlockHost with
      org.tenon.hv.app.testbed.VirtioTestBed;
  provides org.tenon.kit.testing.virtio.VirtioNicHost with
      org.tenon.hv.app.testbed.NicTestBed;
}
