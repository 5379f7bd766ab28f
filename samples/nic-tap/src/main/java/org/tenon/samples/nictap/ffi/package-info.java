/**
 * What the Linux kernel has for a TAP interface (Documentation/networking/tuntap.rst): its queues,
 * its link, its filter. The only package here that calls foreign functions.
 *
 * <p>{@link org.tenon.samples.nictap.ffi.TapInterface} opens; each {@link
 * org.tenon.samples.nictap.ffi.TapPort} moves frames straight between guest memory and one queue of
 * the interface, from an {@link org.tenon.samples.nictap.ffi.IoVector}; a {@link
 * org.tenon.samples.nictap.ffi.Waiter} lets a thread sleep until something comes. No call that
 * moves a frame allocates.
 */
@NullMarked
package org.tenon.samples.nictap.ffi;

import org.jspecify.annotations.NullMarked;
