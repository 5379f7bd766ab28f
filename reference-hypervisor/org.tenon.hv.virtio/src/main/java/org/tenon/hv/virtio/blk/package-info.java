/**
 * The virtio block device (VIRTIO 1.2, 5.2), which shows a {@link
 * org.tenon.hv.attach.BlockAttachment} to the guest.
 *
 * <p>{@link org.tenon.hv.virtio.blk.BlkRequest} judges what a guest asks for, with no storage in
 * sight; {@link org.tenon.hv.virtio.blk.BlkRegisters} is the configuration space as a table; {@link
 * org.tenon.hv.virtio.blk.BlkQueue} carries requests of one virtqueue to a port of the attachment
 * and back; {@link org.tenon.hv.virtio.blk.BlkDevice} ties them together and {@link
 * org.tenon.hv.virtio.blk.BlkState} is what is saved.
 */
@NullMarked
package org.tenon.hv.virtio.blk;

import org.jspecify.annotations.NullMarked;
