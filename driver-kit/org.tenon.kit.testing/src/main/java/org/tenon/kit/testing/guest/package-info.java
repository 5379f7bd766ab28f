/**
 * A real operating system as a test: the door to a hypervisor that boots Linux with a partner's
 * driver behind its devices, and lets a test work in it.
 *
 * <pre>{@code
 * GuestDisk disk = GuestDisk.of("disk", GuestDisk.Model.NVME, factory, settings);
 * try (Guest guest = GuestHost.find().boot(GuestPlan.with(disk))) {
 *   GuestOutput output = guest.perform(GuestWork.of("cat /sys/block/nvme0n1/size"));
 *   assertThat(output.lines()).containsExactly("16384");
 * }
 * }</pre>
 *
 * <p>A {@link org.tenon.kit.testing.guest.GuestHost} boots a {@link
 * org.tenon.kit.testing.guest.GuestPlan}: a kernel, {@link org.tenon.kit.testing.guest.Peripheral}s
 * and files. The {@link org.tenon.kit.testing.guest.Guest} stands still until it is given {@link
 * org.tenon.kit.testing.guest.GuestWork}, a line of shell, and runs until that has ended. Time
 * limits are in the guest's own time, so that a busy host fails no test. Where the work prints a
 * <em>mark</em> the test acts between two of the guest's instructions: it kills a server, looks at
 * the storage from outside, pulls a device out.
 *
 * <p>In the guest are busybox, and in {@code /tools} Debian's {@code mke2fs}, {@code e2fsck},
 * {@code dumpe2fs}, {@code blkdiscard}, {@code nvme} and {@code ethtool}, and in {@code
 * /tools/modules} what its kernel needs for VLANs and for several stations on one card ({@code
 * 8021q}, {@code macvlan}).
 */
@NullMarked
package org.tenon.kit.testing.guest;

import org.jspecify.annotations.NullMarked;
