/**
 * The virtual switch: it joins guests' cards, of one machine or of several in this process, and
 * uplinks, which are partners' NIC drivers.
 *
 * <pre>{@code
 * guest A ─ NetDevice ─ NicAttachment ─ GuestPort ┐                ┌ GuestPort ─ … ─ guest B
 *                                                 ├─ VirtualSwitch ┤
 * partner's NIC driver ─ NicAttachment ─ Uplink   ┘   learning     └ Uplink ─ … ─ wire
 *                                                     VLANs, limits
 *                                                     extensions
 * }</pre>
 *
 * <p>A guest's card reaches its port by the SPI for NIC drivers, as it would a partner's: {@link
 * org.tenon.hv.vswitch.GuestPort} is one. The thread that hands a frame over finds where it goes
 * and copies it, once, from the one guest's memory to the other's; the other machine's run loop
 * hears of it as of any driver's frame. What is still to be done to a frame (its checksum, its
 * cutting into segments) goes along to a port that takes it, and is done here for one that does
 * not. Forwarding allocates nothing.
 */
@NullMarked
package org.tenon.hv.vswitch;

import org.jspecify.annotations.NullMarked;
