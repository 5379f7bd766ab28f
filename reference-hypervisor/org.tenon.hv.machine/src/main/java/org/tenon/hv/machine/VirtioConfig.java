package org.tenon.hv.machine;

/** A virtio device to plug in that the machine itself serves: no partner's driver is behind it. */
public sealed interface VirtioConfig permits ConsoleConfig, RngConfig {}
