/**
 * The virtio entropy device (VIRTIO 1.2, 5.4). {@link org.tenon.hv.virtio.rng.RngDevice} fills the
 * guest's buffers from an {@link org.tenon.hv.virtio.rng.Entropy}: {@link
 * org.tenon.hv.virtio.rng.SeededEntropy}, which repeats, or {@link
 * org.tenon.hv.virtio.rng.HostEntropy}, which nobody can predict. {@link
 * org.tenon.hv.virtio.rng.RngState} is what is saved. Run-loop thread.
 */
@NullMarked
package org.tenon.hv.virtio.rng;

import org.jspecify.annotations.NullMarked;
