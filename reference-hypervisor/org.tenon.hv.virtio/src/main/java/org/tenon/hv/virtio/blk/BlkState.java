package org.tenon.hv.virtio.blk;

/**
 * What is saved of a block device beside the common part ({@link org.tenon.hv.virtio.VirtioState})
 * and the driver's own state.
 *
 * @param features what was agreed; 0 before FEATURES_OK
 * @param writeback the cache mode that the guest sees
 */
public record BlkState(long features, boolean writeback) {}
