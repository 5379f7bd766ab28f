/**
 * Bytes between a device and the host: sockets and files, served by a thread of their own, so that
 * the run loop waits for neither.
 *
 * <pre>{@code
 * device (run loop) ── put ──▶ ByteRing ── drain ──▶ socket or file (HostIo's thread)
 *        ▲          ◀─ take ── ByteRing ◀── fill ──┘        │
 *        └───────────────── Handoff ◀── news ───────────────┘
 * }</pre>
 *
 * <p>A {@link org.tenon.hv.virtio.stream.HostStream} is both directions of one connection, a {@link
 * org.tenon.hv.virtio.stream.HostListener} a Unix socket at which connections arrive, and {@link
 * org.tenon.hv.virtio.stream.HostIo} the thread. Moving bytes allocates nothing.
 */
@NullMarked
package org.tenon.hv.virtio.stream;

import org.jspecify.annotations.NullMarked;
