/**
 * The virtio console device with several ports (VIRTIO 1.2, 5.3), which Linux shows as {@code
 * /dev/hvc0} and {@code /dev/vport0p1} and following.
 *
 * <p>{@link org.tenon.hv.virtio.console.ConsoleDevice} speaks with the driver about ports; {@code
 * ConsolePort} carries the bytes of one; a {@link org.tenon.hv.virtio.console.PortEnd} is the
 * host's end of it: a {@link org.tenon.hv.virtio.console.SocketEnd} or a {@link
 * org.tenon.hv.virtio.console.FileEnd}. {@link org.tenon.hv.virtio.console.ConsoleState} is what is
 * saved.
 */
@NullMarked
package org.tenon.hv.virtio.console;

import org.jspecify.annotations.NullMarked;
