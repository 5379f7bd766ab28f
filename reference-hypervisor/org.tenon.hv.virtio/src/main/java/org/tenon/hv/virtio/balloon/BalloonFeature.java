package org.tenon.hv.virtio.balloon;

/** Feature bits of a balloon (VIRTIO 1.2, 5.5.3). */
final class BalloonFeature {
  /** VIRTIO_BALLOON_F_STATS_VQ: a queue for statistics of the guest's memory. */
  static final long STATS_VQ = 1L << 1;

  /** VIRTIO_BALLOON_F_DEFLATE_ON_OOM: the guest takes pages back before it runs out of memory. */
  static final long DEFLATE_ON_OOM = 1L << 2;

  /** VIRTIO_BALLOON_F_FREE_PAGE_HINT: a queue for hints about free pages, when the host asks. */
  static final long FREE_PAGE_HINT = 1L << 3;

  /** VIRTIO_BALLOON_F_PAGE_POISON: the guest says what it fills free pages with. */
  static final long PAGE_POISON = 1L << 4;

  /** VIRTIO_BALLOON_F_PAGE_REPORTING: a queue for free pages that the host may take. */
  static final long PAGE_REPORTING = 1L << 5;

  private BalloonFeature() {}
}
