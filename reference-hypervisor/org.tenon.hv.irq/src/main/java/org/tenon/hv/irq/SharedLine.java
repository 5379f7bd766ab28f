package org.tenon.hv.irq;

/** A wire that several devices drive: asserted while any of them asserts it. */
public final class SharedLine {
  private final IrqLine wire;
  private int asserting;

  /** A wire that nobody asserts. */
  public SharedLine(IrqLine wire) {
    this.wire = wire;
  }

  /** One more device's end of the wire. */
  public IrqLine input() {
    return new IrqLine() {
      private boolean mine;

      @Override
      public void set(boolean asserted) {
        if (asserted != mine) {
          mine = asserted;
          asserting += asserted ? 1 : -1;
          wire.set(asserting > 0);
        }
      }
    };
  }
}
