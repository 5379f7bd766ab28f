/**
 * The traditional memory balloon device (VIRTIO 1.2, 5.5): the host names how much of its memory
 * the guest is to do without, the guest's driver gives up that many pages, and the host has their
 * memory back. Pages that the guest reports as free are given back as well.
 *
 * <p>{@link org.tenon.hv.virtio.balloon.BalloonDevice} serves the queues; {@link
 * org.tenon.hv.virtio.balloon.BalloonStatistic} names what the driver tells of the guest's memory;
 * {@link org.tenon.hv.virtio.balloon.BalloonState} is what is saved. Run-loop thread.
 */
@NullMarked
package org.tenon.hv.virtio.balloon;

import org.jspecify.annotations.NullMarked;
