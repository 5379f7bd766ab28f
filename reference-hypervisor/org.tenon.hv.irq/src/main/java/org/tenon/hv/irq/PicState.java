package org.tenon.hv.irq;

import org.tenon.hv.bus.state.StateFormat;

/** What the 8259 pair keeps. */
@StateFormat(name = "pic-8259", version = 1)
public record PicState(Chip master, Chip slave) {
  /**
   * One chip.
   *
   * @param lines the levels of the inputs, 8 bits
   * @param irr interrupt request register
   * @param isr in-service register
   * @param imr interrupt mask register
   * @param elcr which inputs are level-triggered
   * @param base the vector of input 0
   * @param lowest the input with the lowest priority, 0 to 7
   * @param step where the initialisation sequence stands: 0 done, else the command word expected
   *     next (2 to 4)
   * @param flags the mode bits, as {@link PicChip} packs them
   */
  public record Chip(
      int lines, int irr, int isr, int imr, int elcr, int base, int lowest, int step, int flags) {
    /** Checks the ranges. */
    public Chip {
      if (((lines | irr | isr | imr | elcr | base) & ~0xff) != 0
          || lowest >>> 3 != 0
          || step < 0
          || step > 4
          || step == 1
          || flags >>> 7 != 0) {
        throw new IllegalArgumentException("no state of an 8259");
      }
    }
  }
}
