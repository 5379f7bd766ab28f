/**
 * The seam between device models and drivers. A device model speaks to a {@link
 * org.tenon.hv.attach.BlockPort}, one for each queue; behind it stands a driver that is not
 * trusted.
 *
 * <pre>{@code
 * device model                       BlockPort                           driver
 * (queue thread)   claim, fill  ──▶  RequestTable  ◀── reads by tag ───  BlockQueue.submit
 *                  submit       ──▶  InFlightLedger ── batch of tags ──▶     │
 *                  completed    ◀── InFlightLedger ◀── BlockHost.complete ──┘ (any thread)
 *                                        ▲
 *                     Watchdog ── deadlines ── quarantine
 * }</pre>
 *
 * <p>{@link org.tenon.hv.attach.BlockAttachment} is one life of one driver: it negotiates, opens
 * and starts it, pauses, resets and closes it on a control thread of its own, and waits for each no
 * longer than the agreed deadline.
 *
 * <p>What a driver must not do is seen here, and put into words as an {@link org.tenon.api.Fault}
 * that names the clause: throwing, hanging, completing twice or what it was never given,
 * forgetting, answering nonsense, leaking. The first fault puts the driver into quarantine: it is
 * given nothing more, guest RAM is taken from it ({@link org.tenon.hv.memory.MemoryLease}), and
 * every request in flight fails to the guest, in the order of submission. A device may then be
 * given another attachment.
 *
 * <p>Submitting, completing and reaping a request allocate nothing.
 *
 * <p>A network card has the same seam, with frames for requests: {@link
 * org.tenon.hv.attach.NicAttachment}, and for each queue a {@link org.tenon.hv.attach.TransmitPort}
 * and a {@link org.tenon.hv.attach.ReceivePort}.
 *
 * <p>A partner's own PCI function has no queues: {@link org.tenon.hv.attach.DeviceAttachment} has
 * its driver called on one device thread while the run loop waits, guards its way to guest memory,
 * and keeps its timers in machine time (decision 0013).
 */
@NullMarked
package org.tenon.hv.attach;

import org.jspecify.annotations.NullMarked;
