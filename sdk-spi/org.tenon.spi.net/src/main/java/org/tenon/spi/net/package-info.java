/**
 * NIC drivers: what stands behind a guest's network card, or behind a virtual switch as its uplink.
 *
 * <h2>A guided tour</h2>
 *
 * <p>A partner writes three types:
 *
 * <ol>
 *   <li>a {@link org.tenon.spi.net.NicDriverFactory}, which takes from a {@link
 *       org.tenon.spi.net.NicOffer} what it can do ({@link org.tenon.spi.net.NicCapabilities}) and
 *       opens
 *   <li>a {@link org.tenon.spi.net.NicDriver}, which knows its {@link
 *       org.tenon.spi.net.NicProperties} and its {@link org.tenon.spi.net.NicLink} and has
 *   <li>one {@link org.tenon.spi.net.NicQueuePair} for each agreed pair of queues: frames to send
 *       go in by {@code transmit}, memory for frames to come by {@code post}.
 * </ol>
 *
 * <p>A frame, or a piece of memory for one, is a small number, its <em>tag</em>, counted apart for
 * the two directions. The driver reads from tables of the host's where the memory lies:
 *
 * <pre>{@code
 * guest ─▶ frames[tag]  ─▶ NicQueuePair.transmit(tags) ─▶ driver ─▶ wire
 * guest ◀─ tag is free  ◀─ NicHost.transmitted(queue, tag, status) ◀─┘
 *
 * guest ─▶ buffers[tag] ─▶ NicQueuePair.post(tags)     ─▶ driver ◀─ wire
 * guest ◀─ frame        ◀─ NicHost.received(queue, tag, bytes, …)  ◀─┘
 *          buffer       ◀─ NicHost.returned(queue, tag), when the NIC comes to rest
 * }</pre>
 *
 * <p>A frame is an Ethernet frame from its destination address on, without preamble and frame check
 * sequence. VLAN tags stand inside it (IEEE 802.1Q); no tag is inserted or removed on the way.
 *
 * <h2>The promises</h2>
 *
 * <ul>
 *   <li><b>Exactly once.</b> Every tag that {@code transmit} or {@code post} accepted comes back
 *       once, by any thread, at any time, also before the call returns; not twice, not never.
 *   <li><b>A prefix.</b> {@code transmit} and {@code post} never block; they accept as many as they
 *       can from the front of the batch and say how many.
 *   <li><b>Order.</b> Frames of one queue leave in the order in which they were accepted; frames of
 *       one flow arrive on one queue, in the order in which they came from the wire.
 *   <li><b>The bytes are the frame's.</b> What leaves is what was handed over, but for what the
 *       frame's {@linkplain org.tenon.spi.net.NicOffload offload} asks; what arrives is what came,
 *       whole, or nothing. A driver without memory for a frame drops it, and counts it.
 *   <li><b>Nothing leaks.</b> Only frames that pass the {@link org.tenon.spi.net.NicFilter} arrive;
 *       no byte of a buffer beyond the frame is written.
 *   <li><b>Memory is lent.</b> From acceptance to the tag's return, and not a moment longer. It may
 *       be of any alignment, and the guest may change it while the driver reads it: a driver reads
 *       a header it relies on once.
 *   <li><b>Rest is rest.</b> When {@code quiesce} or {@code reset} is over, every frame has been
 *       sent or given up and every buffer is back.
 *   <li><b>Failure is a status.</b> Nothing here throws.
 * </ul>
 *
 * <p>A virtual switch joins NICs, and vendors extend it: {@link org.tenon.spi.net.vswitch}. The
 * numbered clauses stand in spec/requirements; the compatibility suite tests each.
 */
@NullMarked
package org.tenon.spi.net;

import org.jspecify.annotations.NullMarked;
