package org.tenon.hv.nvme;

/**
 * What the controller has done since it was plugged in.
 *
 * @param readCommands Read commands completed
 * @param writeCommands Write commands completed
 * @param blocksRead logical blocks that Read commands brought
 * @param blocksWritten logical blocks that Write commands took
 * @param mediaErrors commands that ended with a media or data integrity error
 * @param errors commands that ended with any error
 */
public record NvmeMetrics(
    long readCommands,
    long writeCommands,
    long blocksRead,
    long blocksWritten,
    long mediaErrors,
    long errors) {}
