/**
 * The driver as a real Linux uses it: as a virtio-blk disk and as an NVMe disk of a booted guest,
 * which makes file systems, works with several processes at once, takes its own driver off the disk
 * and the disk off the bus.
 *
 * <p>The tests of a group share a guest, because its start takes longer than each of them: {@link
 * org.tenon.tck.core.guest.GuestShare} keeps it from test to test, and drops it after one that
 * failed, so that no test sees what another has spoiled. Every test writes what it reads; none
 * depends on another. What a test does in the guest is a function of {@code disk.sh}; what it must
 * have left behind is compared with the storage from outside, while the driver still has it open.
 *
 * <pre>{@code
 * VirtioGuestTests | NvmeGuestTests ─▶ DiskChecks ─▶ LinuxDisk ─▶ Guest (door of the driver kit)
 *                                        │                 └─ Scratch: the storage, seen from outside
 *                                        └─ RandomWrites: what must be in it
 * }</pre>
 */
@NullMarked
package org.tenon.tck.block.guest;

import org.jspecify.annotations.NullMarked;
