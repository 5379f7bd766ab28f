package org.tenon.hv.machine;

/** A virtio device to plug in that the machine itself serves: no partner's driver is behind it. */
public sealed interface VirtioConfig permits BalloonConfig, ConsoleConfig, RngConfig, VsockConfig {
  /**
   * What the guest knows of it: a saved machine goes on with a device of the same identity only.
   */
  String identity();
}
