/**
 * The simulator engine: an x86-64 processor in pure Java. It needs no privilege and no hardware support, and the same
 * inputs give the same run: virtual time is counted in retired instructions.
 *
 * <p>Data flows through the packages in this order: {@code decode} (the instruction table, bytes to instructions), {@code
 * block} (cached runs of decoded instructions, the run loop), {@code jit} (hot blocks as JVM bytecode), {@code exec} (what
 * each instruction does), {@code cpu} (the state they work on: registers, flags, segments, memory management, exceptions), with {@code fpu} and {@code simd} for the
 * arithmetic and {@code ffi} for raw access to guest RAM.
 */
@NullMarked
package org.tenon.hv.engine.sim;

import org.jspecify.annotations.NullMarked;
