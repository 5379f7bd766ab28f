/** Packed and scalar arithmetic of MMX and SSE on plain values; no processor. */
@NullMarked
package org.tenon.hv.engine.sim.simd;

import org.jspecify.annotations.NullMarked;
