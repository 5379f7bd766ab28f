package org.tenon.hv.irq;

/** Which pin of which controller each interrupt wire of the board reaches. */
public final class InterruptRouting {
  private final PicPair pics;
  private final IoApic ioApic;
  private final int[] isaPins;

  /**
   * The wiring.
   *
   * @param isaPins the I/O APIC pin of each of the 16 ISA interrupts
   */
  public InterruptRouting(PicPair pics, IoApic ioApic, int[] isaPins) {
    if (isaPins.length != 16) {
      throw new IllegalArgumentException("16 ISA interrupts, not " + isaPins.length);
    }
    this.pics = pics;
    this.ioApic = ioApic;
    this.isaPins = isaPins.clone();
  }

  /** The wire of an ISA interrupt, which reaches the 8259 pair and the I/O APIC alike. */
  public IrqLine isa(int irq) {
    int pin = isaPins[irq];
    return asserted -> {
      pics.setInput(irq, asserted);
      ioApic.setPin(pin, asserted);
    };
  }

  /** A wire that reaches a pin of the I/O APIC alone, as those of PCI functions above pin 15 do. */
  public IrqLine ioApicPin(int pin) {
    return asserted -> ioApic.setPin(pin, asserted);
  }
}
