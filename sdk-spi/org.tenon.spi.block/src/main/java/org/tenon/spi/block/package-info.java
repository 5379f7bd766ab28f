/**
 * Block drivers: what stands behind a guest's disk.
 *
 * <h2>A guided tour</h2>
 *
 * <p>A partner writes three types:
 *
 * <ol>
 *   <li>a {@link org.tenon.spi.block.BlockDriverFactory}, which takes from a {@link
 *       org.tenon.spi.block.BlockOffer} what it can do ({@link
 *       org.tenon.spi.block.BlockCapabilities}) and opens
 *   <li>a {@link org.tenon.spi.block.BlockDriver}, which knows its {@link
 *       org.tenon.spi.block.BlockGeometry} and has
 *   <li>one {@link org.tenon.spi.block.BlockQueue} for each agreed queue, to which the host
 *       submits.
 * </ol>
 *
 * <p>A request is a small number, its <em>tag</em>. The driver reads what is asked from the queue's
 * {@link org.tenon.spi.block.BlockRequests} table, moves data straight from or into guest memory,
 * and says {@link org.tenon.spi.block.BlockHost#complete}:
 *
 * <pre>{@code
 * guest ─▶ host fills requests[tag] ─▶ BlockQueue.submit(batch of tags) ─▶ driver ─▶ storage
 * guest ◀─ host frees tag           ◀─ BlockHost.complete(queue, tag, status, bytes) ◀─┘
 * }</pre>
 *
 * <h2>The promises</h2>
 *
 * <ul>
 *   <li><b>Exactly once.</b> A tag that {@code submit} accepted is completed once, by any thread,
 *       at any time, also before {@code submit} returns; not twice, not never.
 *   <li><b>A prefix.</b> {@code submit} never blocks; it accepts as many as it can from the front
 *       of the batch and says how many.
 *   <li><b>Durable means durable.</b> A completed write survives a power cut if it carried {@link
 *       org.tenon.spi.block.BlockOperation#FUA}, if a flush that was submitted after its completion
 *       has completed, or if the driver did not take {@link
 *       org.tenon.spi.block.BlockCapabilities#FLUSH}.
 *   <li><b>A block is whole.</b> After a power cut each logical block holds one write's data, never
 *       a mixture.
 *   <li><b>No order but flush.</b> Requests in flight together may be carried out in any order; a
 *       request submitted after another completed sees its effect.
 *   <li><b>Memory is lent.</b> Guest memory of a request belongs to the driver from submission to
 *       completion, and not a moment longer. It may be of any alignment, and the guest may change
 *       it while the driver reads it.
 *   <li><b>Failure is a status.</b> Nothing here throws.
 * </ul>
 *
 * <p>The numbered clauses stand in spec/requirements; the compatibility suite tests each.
 */
@NullMarked
package org.tenon.spi.block;

import org.jspecify.annotations.NullMarked;
