package org.tenon.tck.hypervisor.image;

import org.tenon.tck.hypervisor.image.MachineCode.Label;

/** Where the things lie that a method names. */
interface ProgramSymbols {
  /** The code of a static method. */
  Label method(String owner, String name, String descriptor);

  /** The 8 bytes of a static field, zero at first. */
  Label field(String owner, String name);

  /** A literal: its length in 4 bytes, then a byte for each character. */
  Label text(String literal);
}
