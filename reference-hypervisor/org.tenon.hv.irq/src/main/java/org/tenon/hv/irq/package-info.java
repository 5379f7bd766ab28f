/**
 * The PC's interrupt controllers.
 *
 * <pre>
 * device → IrqLine → InterruptRouting ─┬→ PicPair (8259) → LINT0 ─┐
 *                                      └→ IoApic → ApicBus ───────┼→ LocalApic → machine → vCPU
 * device → MsiSink (message-signalled) ──────────┘  IPIs ←────────┘
 * </pre>
 *
 * <p>A local APIC never reaches into a vCPU: it says through {@link
 * org.tenon.hv.irq.ProcessorSignals} that something has come, and the machine asks {@link
 * org.tenon.hv.irq.LocalApic#hasPending()} before it runs the vCPU. Everything here runs on the
 * run-loop thread.
 *
 * <p>Sources: Intel SDM volume 3 chapter "Advanced Programmable Interrupt Controller", the 82093AA
 * (I/O APIC) and 8259A data sheets.
 */
@NullMarked
package org.tenon.hv.irq;

import org.jspecify.annotations.NullMarked;
