/**
 * Measures a hypervisor by what its guests see. {@link org.tenon.tck.hypervisor.ProbeImage} is a
 * bootable program that looks at the virtual hardware and reports over the serial port; {@link
 * org.tenon.tck.hypervisor.ProbeLog} reads the report, and {@link
 * org.tenon.tck.hypervisor.HypervisorJudge} turns it into a verdict over the clauses of
 * spec/requirements/hypervisor.yaml. {@code tenon probe} calls them, on one thread.
 *
 * <pre>{@code
 * guest/*.java → javac → image.ImageBuilder → ELF file → any hypervisor → COM1 → ProbeLog → verdict
 * }</pre>
 *
 * <p>The program is written in Java and compiled to machine code by this module (decision 0015), so
 * that whoever runs Tenon can build it: no assembler, no binary in the repository.
 */
@NullMarked
package org.tenon.tck.hypervisor;

import org.jspecify.annotations.NullMarked;
