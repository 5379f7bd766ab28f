/**
 * A PCI function behind virtual hardware, through a guest's door.
 *
 * <p>{@link org.tenon.kit.testing.pci.PciAccess} is what a guest's processor reaches: configuration
 * space, memory-mapped I/O, ports, RAM. On a {@link org.tenon.kit.testing.pci.PciBoard} time stands
 * still until a test moves it; a {@link org.tenon.kit.testing.pci.PciMachine} runs by itself.
 *
 * <p>A hypervisor provides {@link org.tenon.kit.testing.pci.PciDeviceHost} as a service; it plugs a
 * driver's function into a {@link org.tenon.kit.testing.pci.PciBoard}, where a test does what a
 * guest's processor does: configuration cycles, loads and stores, ports. {@link
 * org.tenon.kit.testing.pci.GuestFunction} is the guest's driver, written from the PCI
 * specifications and independent of any hypervisor.
 */
@NullMarked
package org.tenon.kit.testing.pci;

import org.jspecify.annotations.NullMarked;
