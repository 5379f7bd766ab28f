package org.tenon.hv.engine.sim.decode;

/**
 * Where the decoder gets its bytes from. May throw what the reader throws for an address it cannot
 * read.
 */
@FunctionalInterface
public interface CodeBytes {
  /** The byte at an offset from the instruction's start, 0 to 255. */
  int at(int offset);
}
