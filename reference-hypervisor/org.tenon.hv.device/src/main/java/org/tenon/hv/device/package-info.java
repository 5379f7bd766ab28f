/**
 * A partner's own PCI function, as a guest finds it.
 *
 * <pre>{@code
 * guest ─▶ hv.pci: configuration space, BARs ─▶ PartnerFunction ─▶ DeviceAttachment ─▶ DeviceDriver
 * guest ◀─ hv.pci: messages, wire ◀── PartnerFunction ◀── DeviceBoard ◀── DeviceHost.signal, setIntx ◀┘
 * }</pre>
 *
 * <p>{@link org.tenon.hv.device.PartnerFunction} gives the driver's description a configuration
 * space and its {@link org.tenon.hv.attach.DeviceAttachment} a place on the board: machine time,
 * interrupts, the leave to master the bus, resets. It works on the run-loop thread; what a driver
 * asks for on other threads waits there for the next instruction boundary.
 */
@NullMarked
package org.tenon.hv.device;

import org.jspecify.annotations.NullMarked;
