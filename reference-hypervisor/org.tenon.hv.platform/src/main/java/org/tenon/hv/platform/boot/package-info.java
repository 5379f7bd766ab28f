/**
 * How a kernel gets into memory without firmware: {@link org.tenon.hv.platform.boot.KernelLoader}
 * recognises Linux bzImage (64-bit entry), PVH ELF and Multiboot 1, copies kernel, initial RAM disk
 * and boot information to where the protocol wants them, and answers with the registers to start
 * with. A file is hostile until it has been checked: each fault is a {@link
 * org.tenon.hv.platform.boot.BootException} that says what is wrong and how to mend it.
 */
@NullMarked
package org.tenon.hv.platform.boot;

import org.jspecify.annotations.NullMarked;
