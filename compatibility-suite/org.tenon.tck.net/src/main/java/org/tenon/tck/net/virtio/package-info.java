/**
 * The virtual-hardware tier: the driver behind a virtio-net card of a real hypervisor, found
 * through PCI configuration space and driven through its queues as a guest drives it, with the
 * wire's other end in the test's hand. Nothing here knows which hypervisor; it is found as a
 * service, {@link org.tenon.kit.testing.virtio.VirtioNicHost}.
 */
@NullMarked
package org.tenon.tck.net.virtio;

import org.jspecify.annotations.NullMarked;
