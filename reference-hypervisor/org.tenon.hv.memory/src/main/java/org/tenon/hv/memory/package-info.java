/**
 * Guest RAM.
 *
 * <p>A {@link org.tenon.hv.memory.RamLayout} says where RAM lies in the guest-physical address
 * space (below and above the 4 GiB hole); {@link org.tenon.hv.memory.GuestMemory#allocate} turns it
 * into {@link org.tenon.hv.memory.MemoryRegion}s. Device models translate with {@link
 * org.tenon.hv.memory.GuestMemory#find}, which answers {@code null} for anything that is not wholly
 * inside one region, so that no address a guest writes can raise an exception; engines take each
 * region's segment once and map it.
 *
 * <pre>{@code
 * MemoryRegion region = memory.find(gpa, length);
 * if (region == null) {
 *   return IOERR;
 * }
 * int value = region.segment().get(JAVA_INT_UNALIGNED, region.offset(gpa));
 * }</pre>
 *
 * <p>On Linux a region is an anonymous file (memfd), sealed against resizing, so that another
 * process can map it (vhost-user, out-of-process drivers); elsewhere, or where that fails, it is
 * ordinary native memory. Whoever writes guest RAM on behalf of the guest says so with {@link
 * org.tenon.hv.memory.MemoryRegion#markDirty}, which costs one field read while tracking is off.
 *
 * <p>Everything here may be called from any thread. Only {@code close} must come last: after the
 * machine's threads have stopped and every driver has given its requests back.
 */
@NullMarked
package org.tenon.hv.memory;

import org.jspecify.annotations.NullMarked;
