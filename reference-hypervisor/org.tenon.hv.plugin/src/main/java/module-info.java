/**
 * Bundles: what a partner ships, checked before any of its code runs, then loaded on a layer of its
 * own.
 */
module org.tenon.hv.plugin {
  requires transitive org.tenon.spi.block;
  requires transitive org.tenon.spi.device;
  requires transitive org.tenon.spi.net;
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.networknt.schema;
  requires org.apache.commons.compress;

  exports org.tenon.hv.plugin;

  uses org.tenon.spi.block.BlockDriverFactory;
  uses org.tenon.spi.device.DeviceDriverFactory;
  uses org.tenon.spi.net.NicDriverFactory;
  uses org.tenon.spi.net.vswitch.SwitchExtensionFactory;
}
