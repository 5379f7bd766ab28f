/**
 * The seam between a CPU engine and the machine around it.
 *
 * <p>An {@link Engine} makes an {@link EngineVm} over guest RAM; that makes {@link Vcpu}s; a vCPU
 * {@linkplain Vcpu#run(long) runs} until something happens that it cannot settle alone and says so
 * with a {@link VcpuExit}. The package knows no bus, device, interrupt controller, plugin or SPI:
 * the machine reads the exit, does the work, hands the answer back and runs on.
 *
 * <pre>{@code
 * EngineVm vm = engine.create(new VmConfig(ram, cpuid, 4));
 * Vcpu cpu = vm.createVcpu(0);
 * for (;;) {
 *   if (apic.hasPending()) {
 *     if (cpu.canTakeInterrupt()) cpu.injectInterrupt(apic.acknowledge());
 *     else cpu.requestInterruptWindow();
 *   }
 *   VcpuExit exit = cpu.run(ticksToNextTimer());
 *   switch (exit.reason()) {
 *     case MMIO_READ -> cpu.complete(bus.read(exit.address(), exit.size()));
 *     case MMIO_WRITE -> bus.write(exit.address(), exit.size(), exit.value());
 *     ...
 *   }
 * }
 * }</pre>
 *
 * <h2>Exits, not callbacks</h2>
 *
 * A hardware engine gets its exits from the kernel one at a time, so the seam is the same here for
 * every engine. A port, MMIO or MSR exit is taken in the middle of an instruction: nothing of that
 * instruction is visible in the vCPU's registers yet. The next {@code run} goes on with that same
 * instruction, which may exit again (a string instruction, a read-modify-write, an access that is
 * split). {@link Vcpu#complete(long)} gives a read its value; {@link Vcpu#refuse()} turns an MSR
 * access into #GP(0). Registers may be read at any exit, but written, saved or interrupted only
 * when {@link Vcpu#atInstructionBoundary()} holds.
 *
 * <h2>Interrupts</h2>
 *
 * The local APIC is the machine's. Since every event that could raise an interrupt is either an
 * exit or a deadline that the machine turns into a budget, a vCPU never has to ask for one: the
 * machine injects between two runs.
 *
 * <h2>Time</h2>
 *
 * A deterministic engine counts retired instructions; the time stamp counter is what the machine
 * last {@linkplain Vcpu#setTsc(long) set} plus {@link VmConfig#tscTicksPerInstruction()} for each
 * instruction since, divided by the number of vCPUs that share the time.
 *
 * <h2>Threads</h2>
 *
 * All vCPUs of a VM that the simulator made are run by one thread, in turn; a hardware engine wants
 * one thread for each. Every method belongs to the thread that runs the vCPU, except {@link
 * Vcpu#kick()}.
 */
@NullMarked
package org.tenon.hv.engine;

import org.jspecify.annotations.NullMarked;
