/**
 * PCI functions as a guest sees them.
 *
 * <pre>{@code
 * guest ─▶ ConfigPorts (0CF8H) ─┐
 *       ─▶ EnhancedConfig (ECAM)├▶ PciBus ─▶ Type0Function ── BARs ──▶ BarDecoder ─▶ AddressSpace
 *                               ┘   │           │  └─ capabilities: Msix, Msi, a device's own
 *                                   ▼           │                          ▲
 *                               RootPort ─▶ PciBus ─▶ Type0Function ── BarDecoder
 *                                                        │
 * device model ─▶ Msix.signal ─▶ BusMaster ──────────────┴─▶ MsiSink
 * }</pre>
 *
 * <p>{@link org.tenon.hv.pci.PciBus} holds the functions of a bus; a place without one reads as all
 * ones. A device model describes itself with a {@link org.tenon.hv.pci.PciIdentity}, {@link
 * org.tenon.hv.pci.Bar}s and {@link org.tenon.hv.pci.Capability}s and is given a {@link
 * org.tenon.hv.pci.Type0Function}, which does the rest: sizing, relocation, the command register,
 * resets. What a guest writes never throws: a base address that cannot be decoded is not decoded.
 *
 * <p>A {@link org.tenon.hv.pci.RootPort} is a bridge to a bus with one place, a hot-plug slot,
 * whose function may come and go while the guest runs. The decoder and the leave of what is behind
 * it are its own's children: its windows, its command register and its link decide what passes.
 *
 * <p>A function is saved with the machine: {@link org.tenon.hv.pci.Type0Function} puts its header,
 * then each capability its own record (a {@link org.tenon.hv.pci.Capability} that the guest can
 * change overrides {@code save} and {@code restore}), and whoever owns the function puts the
 * device's records behind them, as {@link org.tenon.hv.bus.state.Saved} says. Restoring sends no
 * message and tells nobody that the bus may be mastered.
 *
 * <p>Everything runs on the run-loop thread.
 */
@NullMarked
package org.tenon.hv.pci;

import org.jspecify.annotations.NullMarked;
