/**
 * The virtio block device (VIRTIO 1.2, 5.2), which shows a {@link
 * org.tenon.hv.attach.BlockAttachment} to the guest.
 *
 * <p>{@link org.tenon.hv.virtio.blk.BlkRequest} judges what a guest asks for, with no storage in
 * sight; {@code BlkRegisters} lays out the configuration space; {@code BlkQueue} carries the
 * requests of one virtqueue to a port of the attachment and back; {@link
 * org.tenon.hv.virtio.blk.BlkDevice} ties them together, {@link org.tenon.hv.virtio.blk.BlkThreads}
 * gives it threads, {@link org.tenon.hv.virtio.blk.BlkMetrics} counts, and {@link
 * org.tenon.hv.virtio.blk.BlkState} is what is saved.
 */
@NullMarked
package org.tenon.hv.virtio.blk;

import org.jspecify.annotations.NullMarked;
