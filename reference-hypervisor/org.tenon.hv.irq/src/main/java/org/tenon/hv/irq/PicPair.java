package org.tenon.hv.irq;

import org.tenon.hv.bus.RegisterBlock;

/**
 * The two 8259A of a PC: the slave's output drives input 2 of the master, the master's output
 * drives the processor.
 */
public final class PicPair implements LocalApic.ExternalInterrupts {
  private static final int CASCADE_INPUT = 2;

  /** Inputs 0, 1, 2 (master) and 8, 13 (slave) are edge-triggered for ever. */
  private static final int MASTER_LEVEL_CAPABLE = 0xf8;

  private static final int SLAVE_LEVEL_CAPABLE = 0xde;

  private final PicChip master = new PicChip(1 << CASCADE_INPUT);
  private final PicChip slave = new PicChip(0);
  private final IrqLine output;

  /** After power-on. */
  public PicPair(IrqLine output) {
    this.output = output;
  }

  /** To the state after power-on. */
  public void reset() {
    master.reset();
    slave.reset();
    update();
  }

  /**
   * Drives an input.
   *
   * @param irq 0 to 15 but 2
   */
  public void setInput(int irq, boolean asserted) {
    if (irq < 8) {
      master.setLine(irq, asserted);
    } else {
      slave.setLine(irq - 8, asserted);
    }
    update();
  }

  @Override
  public int acknowledge() {
    int input = master.acknowledge();
    int vector;
    if (input == CASCADE_INPUT) {
      vector = slave.vector(slave.acknowledge());
    } else {
      vector = master.vector(input);
    }
    update();
    return vector;
  }

  private void update() {
    master.setCascade(slave.pending() >= 0);
    output.set(master.pending() >= 0);
  }

  /** Ports 20H and 21H. */
  public RegisterBlock masterPorts() {
    return new ChipPorts(master);
  }

  /** Ports A0H and A1H. */
  public RegisterBlock slavePorts() {
    return new ChipPorts(slave);
  }

  /** Ports 4D0H and 4D1H: which inputs are level-triggered. */
  public RegisterBlock edgeLevelPorts() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return (offset == 0 ? master : slave).elcr();
      }

      @Override
      public void write(int offset, int size, long value) {
        if (offset == 0) {
          master.setElcr((int) value, MASTER_LEVEL_CAPABLE);
        } else {
          slave.setElcr((int) value, SLAVE_LEVEL_CAPABLE);
        }
        update();
      }
    };
  }

  private final class ChipPorts implements RegisterBlock {
    private final PicChip chip;

    ChipPorts(PicChip chip) {
      this.chip = chip;
    }

    @Override
    public long read(int offset, int size) {
      int value = chip.read(offset);
      update();
      return value;
    }

    @Override
    public void write(int offset, int size, long value) {
      chip.write(offset, (int) value);
      update();
    }
  }

  /** What must survive a save. */
  public PicState save() {
    return new PicState(master.save(), slave.save());
  }

  /** Takes up saved state. */
  public void restore(PicState state) {
    master.restore(state.master());
    slave.restore(state.slave());
  }
}
