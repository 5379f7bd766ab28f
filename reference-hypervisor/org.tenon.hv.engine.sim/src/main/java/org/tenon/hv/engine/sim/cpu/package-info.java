/**
 * Processor state and what acts on it beneath the instructions: flags, segments, memory management,
 * exceptions, MSRs, CPUID.
 */
@NullMarked
package org.tenon.hv.engine.sim.cpu;

import org.jspecify.annotations.NullMarked;
