/**
 * {@code nic-tap}: a network card whose wire is a Linux TAP interface, and so the host's own
 * network stack, a bridge, or a router.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.nictap.TapNicDriverFactory} says what the driver is called, what
 *       it can be told ({@link org.tenon.samples.nictap.TapSettings}) and what it takes from an
 *       offer.
 *   <li>{@link org.tenon.samples.nictap.TapOpening} opens the interface, in its network namespace.
 *   <li>{@link org.tenon.samples.nictap.TapNicDriver} is the life of one open card.
 *   <li>{@link org.tenon.samples.nictap.TapQueuePair} writes frames to the interface, straight from
 *       guest memory, on the thread that sends them; {@link org.tenon.samples.nictap.CutHeaders}
 *       checks those that are to be cut.
 *   <li>{@link org.tenon.samples.nictap.TapReceiver}, one thread for each queue, reads frames
 *       straight into guest memory.
 *   <li>{@link org.tenon.samples.nictap.FilterProgram} has the kernel filter them before that.
 * </ol>
 *
 * <p>Checksums and segmentation are the kernel's: {@link org.tenon.samples.nictap.VnetHeader}
 * passes on, both ways, what is still to be done to a frame.
 */
@NullMarked
package org.tenon.samples.nictap;

import org.jspecify.annotations.NullMarked;
