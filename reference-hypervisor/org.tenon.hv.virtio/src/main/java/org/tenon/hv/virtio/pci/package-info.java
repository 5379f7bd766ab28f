/**
 * virtio over PCI (VIRTIO 1.2, 4.1), modern interface only.
 *
 * <p>{@link org.tenon.hv.virtio.pci.VirtioPciFunction} puts a {@link
 * org.tenon.hv.virtio.VirtioDevice} behind a PCI function: one memory BAR with a page each for the
 * common configuration, the ISR status, the device-specific configuration and the notifications,
 * vendor capabilities that say where, and a BAR for MSI-X. The machine places the function;
 * registers are reached on the run-loop thread, interrupts may be asked for by any thread.
 */
@NullMarked
package org.tenon.hv.virtio.pci;

import org.jspecify.annotations.NullMarked;
