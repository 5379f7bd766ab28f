/**
 * What a device model plugs into.
 *
 * <p>A device offers {@link org.tenon.hv.bus.RegisterBlock}s; the machine maps them into one of its
 * two {@link org.tenon.hv.bus.AddressSpace}s (ports, memory-mapped I/O) as {@link
 * org.tenon.hv.bus.Window}s. The address space alone knows what to do with accesses of an odd size:
 * a device declares a {@link org.tenon.hv.bus.RegisterWidth} and sees whole registers only. Time
 * comes from a {@link org.tenon.hv.bus.Clock}, which also runs the device's {@link
 * org.tenon.hv.bus.Alarm}s.
 *
 * <p>Threading: everything here runs on the machine's run-loop thread. Whoever has news from
 * another thread (a terminal, a driver's completion) hands it to the machine, which delivers it
 * between two instructions of the guest.
 */
@NullMarked
package org.tenon.hv.bus;

import org.jspecify.annotations.NullMarked;
