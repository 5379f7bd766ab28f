package org.tenon.hv.virtio.vsock;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What is saved of a socket device beside the common part ({@link
 * org.tenon.hv.virtio.VirtioState}).
 *
 * @param features what was agreed
 * @param connected whether there were connections, of whose end the driver is to be told
 */
@StateFormat(name = "virtio-vsock", version = 1)
public record VsockState(long features, boolean connected) {}
