/**
 * Hot regions of 64-bit code compiled to JVM bytecode: the guest's general registers are local
 * variables, its flags what they derive from. {@link RegionCompiler} is the way in; what an
 * instruction does not do in bytecode of its own, its handler does. Called on the processor's
 * thread, except for the compiling itself.
 */
@NullMarked
package org.tenon.hv.engine.sim.jit;

import org.jspecify.annotations.NullMarked;
