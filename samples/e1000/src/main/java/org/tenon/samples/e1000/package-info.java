/**
 * {@code e1000}: Intel's 82540EM gigabit Ethernet controller, for which every guest has a driver,
 * as a partner would bring it. After the manual "PCI/PCI-X family of gigabit Ethernet controllers,
 * software developer's manual" (Intel 317453), whose sections the classes name.
 *
 * <pre>{@code
 * BAR 0 ──▶ E1000Driver ──▶ Controller ──▶ RegisterFile, Statistics, Eeprom, Phy, InterruptCause
 * BAR 2 ──▶ PortWindow ───────▲   │
 *                                 ├─▶ Transmitter ─▶ Segmenter, OffloadContext ──▶ Wire ──▶ socket
 *                                 └── Receiver ◀── Arrivals ◀───────────────────── Wire ◀── socket
 *                                     ReceiveFilter, ReceiveChecksum
 * }</pre>
 *
 * <p>Everything runs on the device thread, without a lock. Two threads of {@link
 * org.tenon.samples.e1000.Wire} do the socket's work, with {@link
 * org.tenon.samples.e1000.FrameQueue}s between them and the device thread.
 */
@NullMarked
package org.tenon.samples.e1000;

import org.jspecify.annotations.NullMarked;
