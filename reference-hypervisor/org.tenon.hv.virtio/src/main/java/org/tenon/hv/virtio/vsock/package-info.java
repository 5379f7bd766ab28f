/**
 * The virtio socket device (VIRTIO 1.2, 5.10): streams between programs in the guest and programs
 * on the host, without a network.
 *
 * <p>{@link org.tenon.hv.virtio.vsock.VsockDevice} takes and sends packets ({@code VsockHeader});
 * {@code VsockConnection} is the state of one connection, with its credit; a {@link
 * org.tenon.hv.virtio.vsock.VsockHost} is the host's programs: {@link
 * org.tenon.hv.virtio.vsock.SocketHost}, in Firecracker's convention. {@link
 * org.tenon.hv.virtio.vsock.VsockState} is what is saved.
 */
@NullMarked
package org.tenon.hv.virtio.vsock;

import org.jspecify.annotations.NullMarked;
