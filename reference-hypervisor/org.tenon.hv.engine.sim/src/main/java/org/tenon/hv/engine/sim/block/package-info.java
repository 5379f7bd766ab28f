/** Runs of decoded instructions, cached by physical address, and the loop that executes them. */
@NullMarked
package org.tenon.hv.engine.sim.block;

import org.jspecify.annotations.NullMarked;
