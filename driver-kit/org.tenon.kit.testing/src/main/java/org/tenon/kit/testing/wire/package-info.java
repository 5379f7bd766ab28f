/**
 * The other side of a NIC driver: what a test sees leave, what it has come, and how the link is.
 *
 * <pre>{@code
 * NicHarness ─▶ driver ─▶ Wire.observe
 *            ◀─ driver ◀─ Wire.inject
 * }</pre>
 *
 * <p>A {@link org.tenon.kit.testing.wire.Wiring} makes wires of one kind and says in which settings
 * a driver is given its end; a {@link org.tenon.kit.testing.wire.Wire} is one, for one driver. A
 * maker of hardware implements both for a test rig of his own. What a wire cannot do it says by its
 * {@linkplain org.tenon.kit.testing.wire.Wire#abilities() abilities}; tests that need more do not
 * apply, with that reason.
 *
 * <p>The types are for one test thread.
 */
@NullMarked
package org.tenon.kit.testing.wire;

import org.jspecify.annotations.NullMarked;
