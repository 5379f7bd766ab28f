/**
 * {@code block-nbd}: an export of an NBD server as a block device; how a driver lives with storage
 * that is far away, may vanish, and is not to be believed.
 *
 * <pre>{@code
 * submit ─▶ NbdQueue ─▶ Exchanges ─▶ Outbox ──────▶ Link ─▶ server
 *                          │ ▲                        │
 * complete ◀───────────────┘ └── ReplyParser ◀────────┘
 * }</pre>
 *
 * <ol>
 *   <li>{@link org.tenon.samples.blocknbd.NbdBlockDriverFactory} reads the settings ({@link
 *       org.tenon.samples.blocknbd.NbdSettings}, {@link org.tenon.samples.blocknbd.NbdUri}) and
 *       opens.
 *   <li>{@link org.tenon.samples.blocknbd.NbdBlockDriver} is the life of the device, {@link
 *       org.tenon.samples.blocknbd.Device} what its connections share.
 *   <li>{@link org.tenon.samples.blocknbd.Connection} is a thread with a selector: it connects
 *       ({@link org.tenon.samples.blocknbd.Handshake}), moves bytes, reconnects and replays.
 *   <li>{@link org.tenon.samples.blocknbd.Exchanges} holds the state of every request; there, and
 *       only there, each is completed, once.
 *   <li>{@link org.tenon.samples.blocknbd.ReplyParser} believes nothing that the server says before
 *       it has checked it.
 *   <li>{@link org.tenon.samples.blocknbd.Ghosts} keeps an old write from overtaking a newer one.
 * </ol>
 *
 * <p>All of a connection's state belongs to its one thread; there are no locks on the way of a
 * request.
 */
@NullMarked
package org.tenon.samples.blocknbd;

import org.jspecify.annotations.NullMarked;
