/**
 * Extensions of a virtual switch: a vendor's own forwarding, mirroring or policy.
 *
 * <p>A switch joins ports: guests' cards, and uplinks, which are NIC drivers ({@link
 * org.tenon.spi.net}). For each frame that enters by a port the switch decides where it goes, by
 * what it has learnt; then each of its {@link org.tenon.spi.net.vswitch.SwitchExtension}s, in the
 * order in which the user named them, may change that decision:
 *
 * <pre>{@code
 * port ─▶ switch: VLAN, learning, flooding ─▶ extension 1 ─▶ extension 2 ─▶ ports
 *                      SwitchDecision:  {2, 3}  ─▶  {2}      ─▶  {2, 5}
 * }</pre>
 *
 * <p>An extension sees every frame, and so every guest's traffic: a user loads it for one switch,
 * by name. It decides; the switch copies. {@link org.tenon.spi.net.vswitch.SwitchExtension#forward}
 * is called for one frame after the other on each port's own thread, and must neither block nor
 * allocate. One that throws or does not return is quarantined: its switch goes on without it, or
 * stops forwarding, as the user chose ({@code fail=open} or {@code fail=closed}).
 */
@NullMarked
package org.tenon.spi.net.vswitch;

import org.jspecify.annotations.NullMarked;
