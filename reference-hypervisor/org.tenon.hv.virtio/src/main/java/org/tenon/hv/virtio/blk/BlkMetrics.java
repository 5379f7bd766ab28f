package org.tenon.hv.virtio.blk;

/**
 * What a block device has done since it was made.
 *
 * @param reads requests that read
 * @param writes requests that wrote
 * @param flushes requests that flushed
 * @param discards requests that discarded or wrote zeroes
 * @param bytesRead data that reads moved
 * @param bytesWritten data that writes moved
 * @param errors requests that ended as VIRTIO_BLK_S_IOERR
 * @param unsupported requests that ended as VIRTIO_BLK_S_UNSUPP
 */
public record BlkMetrics(
    long reads,
    long writes,
    long flushes,
    long discards,
    long bytesRead,
    long bytesWritten,
    long errors,
    long unsupported) {
  /** Nothing yet. */
  public static final BlkMetrics NONE = new BlkMetrics(0, 0, 0, 0, 0, 0, 0, 0);

  /** The sum, field by field. */
  public BlkMetrics plus(BlkMetrics other) {
    return new BlkMetrics(
        reads + other.reads,
        writes + other.writes,
        flushes + other.flushes,
        discards + other.discards,
        bytesRead + other.bytesRead,
        bytesWritten + other.bytesWritten,
        errors + other.errors,
        unsupported + other.unsupported);
  }
}
