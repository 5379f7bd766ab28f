/**
 * {@code nic-loopback}: a network card whose plug leads back into it, to be read from top to bottom
 * by whoever writes a NIC driver. It has every capability of the SPI and no hardware.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.nicloopback.LoopbackNicDriverFactory} says what the driver is
 *       called, what it can be told ({@link org.tenon.samples.nicloopback.LoopbackSettings}) and
 *       what it takes from an offer.
 *   <li>{@link org.tenon.samples.nicloopback.LoopbackNicDriver} is the life of one open card.
 *   <li>{@link org.tenon.samples.nicloopback.LoopbackQueuePair} takes each frame off guest memory
 *       once, finishes it as its offload asks ({@link org.tenon.samples.nicloopback.Checksum},
 *       {@link org.tenon.samples.nicloopback.Segmenter}), and puts it on the plug.
 *   <li>{@link org.tenon.samples.nicloopback.Reception} is the other end of the plug: {@link
 *       org.tenon.samples.nicloopback.Sieve} says whether a frame may arrive, {@link
 *       org.tenon.samples.nicloopback.FlowTable} on which queue, {@link
 *       org.tenon.samples.nicloopback.BufferRing} where.
 * </ol>
 *
 * <p>A frame travels on the thread that sends it; the card has no thread of its own. Any number of
 * senders may meet in one {@link org.tenon.samples.nicloopback.BufferRing}, whose monitor is held
 * while one frame is copied.
 */
@NullMarked
package org.tenon.samples.nicloopback;

import org.jspecify.annotations.NullMarked;
