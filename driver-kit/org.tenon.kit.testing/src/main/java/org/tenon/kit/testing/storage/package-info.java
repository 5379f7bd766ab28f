/**
 * Storage under observation: what a driver really did below itself, and what a power cut would have
 * left of it.
 *
 * <h2>A guided tour</h2>
 *
 * <pre>{@code
 * BlockHarness ─▶ driver ─▶ RecordingFileSystem ─▶ files
 *      │                          │        (or NbdProxy ─▶ an NBD server)
 *      ▼                          ▼
 * BlockHistory    one Ticks   StorageLog
 *      │                          │
 *      ▼                          ▼
 * PowerCutOracle ◀─ reopen ◀─ PowerCut
 * }</pre>
 *
 * <ol>
 *   <li>{@link org.tenon.kit.testing.storage.ObservedStorage} is the storage below a driver: a
 *       {@link org.tenon.kit.testing.storage.RecordingFileSystem} for drivers that reach files
 *       through {@code Config.path}, an {@link org.tenon.kit.testing.storage.NbdProxy} in front of
 *       a real server for drivers that speak NBD. Each keeps a {@link
 *       org.tenon.kit.testing.storage.StorageLog} of every change with its data and of every force,
 *       and injects the errors of a {@link org.tenon.kit.testing.storage.StorageFaults} script.
 *   <li>{@link org.tenon.kit.testing.storage.BlockHistory}, the observer of a {@link
 *       org.tenon.kit.testing.BlockHarness}, keeps every submission and completion. Log and history
 *       count the same {@link org.tenon.kit.testing.storage.Ticks}: all their events lie in one
 *       order.
 *   <li>{@link org.tenon.kit.testing.storage.PowerCut} enumerates what the storage may hold after a
 *       power cut at a tick: everything that was completed before a completed force began, and any
 *       choice of the later changes, each torn at sectors.
 *   <li>{@link org.tenon.kit.testing.storage.PowerCutOracle} says for each logical block what a
 *       driver that keeps its promises may hold after that cut, and names the clause that another
 *       content breaks.
 * </ol>
 *
 * <p>The types are for tests: they copy what they see. Those that drivers call are safe for use by
 * any thread.
 */
@NullMarked
package org.tenon.kit.testing.storage;

import org.jspecify.annotations.NullMarked;
