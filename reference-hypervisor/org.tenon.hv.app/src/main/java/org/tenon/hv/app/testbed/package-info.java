/**
 * The door through which drivers are certified behind virtual hardware: {@link
 * org.tenon.hv.app.testbed.VirtioTestBed} puts a partner's driver behind the reference hypervisor's
 * own virtio-blk device, the same that a guest sees, without a machine around it.
 *
 * <pre>{@code
 * guest-side driver of the kit ─▶ TestBedTransport ─▶ VirtioDevice ─▶ BlkDevice ─▶ BlockAttachment ─▶ driver
 * }</pre>
 *
 * <p>The driver kit and the suite know the service interface only ({@link
 * org.tenon.kit.testing.virtio.VirtioBlockHost}).
 */
@NullMarked
package org.tenon.hv.app.testbed;

import org.jspecify.annotations.NullMarked;
