/**
 * The doors through which drivers are certified behind virtual hardware.
 *
 * <p>{@link org.tenon.hv.app.testbed.VirtioTestBed} puts a partner's driver behind the reference
 * hypervisor's own virtio-blk device, the same that a guest sees, without a machine around it:
 *
 * <pre>{@code
 * guest-side driver of the kit ─▶ TestBedTransport ─▶ VirtioDevice ─▶ BlkDevice ─▶ BlockAttachment ─▶ driver
 * }</pre>
 *
 * <p>{@link org.tenon.hv.app.testbed.NicTestBed} plugs a virtio-net card into the whole machine,
 * whose only processor executes a test's loads and stores:
 *
 * <pre>{@code
 * guest-side driver of the kit ─▶ TestBedMachine ─▶ TestProcessor ─▶ run loop ─▶ PCI ─▶ virtio-net ─▶ driver
 * }</pre>
 *
 * <p>{@link org.tenon.hv.app.testbed.GuestTestBed} boots Linux on the whole machine, and a test
 * types into its console:
 *
 * <pre>{@code
 * test ─▶ TestBedGuest ─▶ COM1 ─▶ serve.sh ─▶ Linux ─▶ virtio-blk, NVMe, virtio-net ─▶ attachment ─▶ driver
 * test ◀─ lines, marks, exit status ◀─ COM1 ◀─┘
 * }</pre>
 *
 * <p>The driver kit and the suite know the service interfaces only ({@link
 * org.tenon.kit.testing.virtio.VirtioBlockHost}, {@link
 * org.tenon.kit.testing.virtio.VirtioNicHost}, {@link org.tenon.kit.testing.pci.PciDeviceHost},
 * {@link org.tenon.kit.testing.guest.GuestHost}).
 */
@NullMarked
package org.tenon.hv.app.testbed;

import org.jspecify.annotations.NullMarked;
