/**
 * The x87 floating-point unit: its registers and its 80-bit arithmetic. Plain values and functions;
 * no processor.
 */
@NullMarked
package org.tenon.hv.engine.sim.fpu;

import org.jspecify.annotations.NullMarked;
