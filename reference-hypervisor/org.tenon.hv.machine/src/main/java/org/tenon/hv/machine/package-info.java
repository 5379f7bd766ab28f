/**
 * A whole machine.
 *
 * <p>{@link org.tenon.hv.machine.Machine} is what callers see: made from a {@link
 * org.tenon.hv.machine.MachineConfig}, run until it ends with an {@link
 * org.tenon.hv.machine.Outcome}. Inside, {@code Board} wires the devices, {@code Processor} pairs a
 * vCPU with its local APIC, {@code MachineClock} keeps time and the event queue, and {@code
 * RunLoop} hands each exit of a vCPU to the device it is for. This is the one package that knows
 * both the engine and the devices.
 *
 * <p>Threads: everything runs on the thread that calls {@link org.tenon.hv.machine.Machine#run()},
 * but {@link org.tenon.hv.machine.Machine#post} and {@link org.tenon.hv.machine.Machine#stop()}.
 */
@NullMarked
package org.tenon.hv.machine;

import org.jspecify.annotations.NullMarked;
