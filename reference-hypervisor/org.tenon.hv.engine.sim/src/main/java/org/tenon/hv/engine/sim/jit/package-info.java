/**
 * Hot blocks compiled to JVM bytecode. The compiled code calls the same small methods that the
 * interpreter's handlers call, with operands as constants, so that there is one semantics; what has
 * no shape of its own here calls its handler.
 */
@NullMarked
package org.tenon.hv.engine.sim.jit;

import org.jspecify.annotations.NullMarked;
