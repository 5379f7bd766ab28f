/**
 * Faults on demand: a driver that keeps its contract, made to break it.
 *
 * <h2>A guided tour</h2>
 *
 * <pre>{@code
 * FaultScript script =
 *     FaultScript.seeded(1)
 *         .onOperation(BlockOperation.WRITE, 3, new Injection.Tear(1))
 *         .oneIn(1000, new Injection.Drop())
 *         .onControl(FaultScript.Control.RESET, new Injection.Hang());
 * BlockDriverFactory wrong = new FaultyDriverFactory(new MyDriverFactory(), script);
 * }</pre>
 *
 * <p>{@link org.tenon.kit.testing.fault.FaultScript} says when, {@link
 * org.tenon.kit.testing.fault.Injection} what: delay, fail, drop, duplicate, corrupt, tear, hang,
 * throw, exit. {@link org.tenon.kit.testing.fault.FaultyDriverFactory} is for whoever must
 * withstand a wrong driver, as a hypervisor must. To test how a driver withstands wrong storage,
 * use the faults of {@code org.tenon.kit.testing.storage} instead.
 *
 * <p>The same seed and the same order of requests give the same faults.
 */
@NullMarked
package org.tenon.kit.testing.fault;

import org.jspecify.annotations.NullMarked;
