/**
 * From bytes to {@link org.tenon.hv.engine.sim.decode.Insn}: the instruction table ({@code
 * instructions.txt}), the decoder that it drives, and the disassembler. Knows nothing of execution.
 */
@NullMarked
package org.tenon.hv.engine.sim.decode;

import org.jspecify.annotations.NullMarked;
