/**
 * A guest's side of virtio: what a kernel does with a disk or a network card, without the kernel.
 * Written from VIRTIO 1.2 alone, so that it is a judge of device models and not their mirror.
 *
 * <h2>A guided tour</h2>
 *
 * <pre>{@code
 * VirtioTransport device =
 *     VirtioBlockHost.find().attach(new MyDriverFactory(), settings, VirtioBlockOptions.DEFAULT);
 * RingOptions shape = new RingOptions(128, true, true, true);
 * try (GuestBlockDriver guest = GuestBlockDriver.open(device, shape)) {
 *   guest.write(8, sectors);
 *   guest.flush();
 *   assertThat(guest.read(8, sectors.length)).isEqualTo(sectors);
 * }
 * }</pre>
 *
 * <p>From the bottom up:
 *
 * <ul>
 *   <li>{@link org.tenon.kit.testing.virtio.VirtioTransport} is the door: registers, queues,
 *       interrupts. A hypervisor provides a {@link org.tenon.kit.testing.virtio.VirtioBlockHost},
 *       which puts a driver behind one; nothing here knows any other part of a hypervisor. Where
 *       the device is a PCI function of a machine ({@link
 *       org.tenon.kit.testing.virtio.VirtioNicHost}), {@link
 *       org.tenon.kit.testing.virtio.VirtioPciTransport} finds its registers.
 *   <li>{@link org.tenon.kit.testing.virtio.GuestMemory} is the guest's RAM, {@link
 *       org.tenon.kit.testing.virtio.GuestChain} a list of buffers in it.
 *   <li>{@link org.tenon.kit.testing.virtio.GuestRing} carries chains: {@link
 *       org.tenon.kit.testing.virtio.SplitRing} or {@link org.tenon.kit.testing.virtio.PackedRing},
 *       each with indirect tables and event indexes as {@link
 *       org.tenon.kit.testing.virtio.RingOptions} says. It allocates nothing, for benches.
 *   <li>{@link org.tenon.kit.testing.virtio.RingDefect} is what a hostile guest writes instead.
 *   <li>{@link org.tenon.kit.testing.virtio.GuestDevice} resets, negotiates and sets up rings;
 *       {@link org.tenon.kit.testing.virtio.GuestBlockDriver} speaks virtio-blk over them.
 * </ul>
 *
 * <p>{@link org.tenon.kit.testing.virtio.GuestNicDriver} speaks virtio-net in the same way: a
 * {@link org.tenon.kit.testing.virtio.GuestNicPair} for each pair of queues, {@link
 * org.tenon.kit.testing.virtio.GuestNicControl} for the control queue.
 *
 * <p>A device that breaks the specification towards the guest ends in a {@link
 * org.tenon.kit.testing.virtio.VirtioViolation} that names the section.
 */
@NullMarked
package org.tenon.kit.testing.virtio;

import org.jspecify.annotations.NullMarked;
