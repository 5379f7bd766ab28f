/**
 * The legacy devices of a PC, and the machine type that says where they are.
 *
 * <p>Each chip {@code X} is a {@link org.tenon.hv.bus.RegisterBlock} (or offers several), drives an
 * {@link org.tenon.hv.irq.IrqLine}, and keeps what must survive a save in {@code XState}. {@link
 * org.tenon.hv.platform.MachineType} reads spec/hardware; nothing here repeats an address from it.
 * Runs on the run-loop thread.
 */
@NullMarked
package org.tenon.hv.platform;

import org.jspecify.annotations.NullMarked;
