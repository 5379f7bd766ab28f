/**
 * The virtual-hardware tier: the driver behind a virtio-blk device of a real hypervisor, driven
 * through its queues as a guest drives it. Nothing here knows which hypervisor; it is found as a
 * service, {@link org.tenon.kit.testing.virtio.VirtioBlockHost}.
 */
@NullMarked
package org.tenon.tck.block.virtio;

import org.jspecify.annotations.NullMarked;
