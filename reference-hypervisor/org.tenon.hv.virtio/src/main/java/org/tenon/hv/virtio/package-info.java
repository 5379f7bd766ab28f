/**
 * Virtqueues and the common part of every virtio device, as VIRTIO 1.2 describes them, from the
 * device's side and independent of the transport.
 *
 * <pre>{@code
 * transport (PCI, vhost-user, test door)
 *    │ status, features, queue registers, notify, config          ▲ interrupts
 *    ▼                                                            │
 * VirtioDevice ── start(features, queues) / stop ──▶ DeviceModel ─┘
 *                                                      │ pop, push
 *                                                      ▼
 *                                                   Virtqueue (SplitQueue | PackedQueue) ── guest RAM
 * }</pre>
 *
 * <p>{@link org.tenon.hv.virtio.VirtioDevice} keeps the device status and the negotiation (section
 * 3.1); a {@link org.tenon.hv.virtio.DeviceModel}, such as virtio-blk, does the device's work. A
 * model takes buffers from a {@link org.tenon.hv.virtio.Virtqueue} into a preallocated {@link
 * org.tenon.hv.virtio.DescriptorChain} and gives them back; neither allocates.
 *
 * <p>Everything a ring holds is the guest's word and may change while it is read: each field is
 * read once, checked, and used from the copy. A ring that breaks the rules gives a {@link
 * org.tenon.hv.virtio.RingError}; the queue then stops, and the device answers with
 * DEVICE_NEEDS_RESET (section 2.1.1). No guest input raises an exception.
 *
 * <p>A virtio device is saved with the machine: {@link org.tenon.hv.virtio.VirtioDevice} puts the
 * common part, then its model its own record ({@link org.tenon.hv.virtio.DeviceModel#save}). The
 * position of a queue counts the buffers that the model has taken; those that it has not given back
 * belong into its record, with where they came from, or they are lost to the guest.
 *
 * <p>A queue is used by one thread at a time. A device's control side (status, features, registers)
 * may be called from any thread.
 */
@NullMarked
package org.tenon.hv.virtio;

import org.jspecify.annotations.NullMarked;
