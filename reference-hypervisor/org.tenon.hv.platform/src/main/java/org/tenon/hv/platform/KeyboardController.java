package org.tenon.hv.platform;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.state.StateFormat;

/**
 * An i8042 with neither keyboard nor mouse: it answers its own commands, gates A20 and pulses the
 * reset line. Guests use it to restart the machine.
 */
public final class KeyboardController {
  private static final int STATUS_OUTPUT_FULL = 1;
  private static final int STATUS_SYSTEM = 1 << 2;
  private static final int STATUS_COMMAND = 1 << 3;
  private static final int STATUS_UNLOCKED = 1 << 4;
  private static final int NOTHING = -1;

  private final PowerControl power;
  private int commandByte;
  private int outputPort;
  private int output;
  private int expecting;
  private boolean lastWasCommand;

  /**
   * What it keeps.
   *
   * @param commandByte configuration, 8 bits
   * @param outputPort 8 bits
   * @param output the byte that waits to be read, or -1
   * @param expecting the command whose data byte is awaited, or -1
   * @param lastWasCommand whether the last byte went to port 64H
   */
  @StateFormat(name = "keyboard-controller", version = 1)
  public record State(
      int commandByte, int outputPort, int output, int expecting, boolean lastWasCommand) {
    /** Checks the ranges. */
    public State {
      if (commandByte >>> 8 != 0
          || outputPort >>> 8 != 0
          || output < NOTHING
          || output > 0xff
          || expecting < NOTHING
          || expecting > 0xff) {
        throw new IllegalArgumentException("no state of a keyboard controller");
      }
    }
  }

  /** After power-on. */
  public KeyboardController(PowerControl power) {
    this.power = power;
    reset();
  }

  /** To the state after power-on. */
  public void reset() {
    commandByte = STATUS_SYSTEM;
    outputPort = 0x03;
    output = NOTHING;
    expecting = NOTHING;
    lastWasCommand = false;
  }

  /** Port 60H. */
  public RegisterBlock dataPort() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        int value = Math.max(output, 0);
        output = NOTHING;
        return value;
      }

      @Override
      public void write(int offset, int size, long value) {
        lastWasCommand = false;
        int command = expecting;
        expecting = NOTHING;
        switch (command) {
          case 0x60 -> commandByte = (int) value;
          case 0xd1 -> writeOutputPort((int) value);
          case 0xd2 -> output = (int) value;
          default -> {}
        }
      }
    };
  }

  /** Port 64H. */
  public RegisterBlock commandPort() {
    return new RegisterBlock() {
      @Override
      public long read(int offset, int size) {
        return STATUS_SYSTEM
            | STATUS_UNLOCKED
            | (output != NOTHING ? STATUS_OUTPUT_FULL : 0)
            | (lastWasCommand ? STATUS_COMMAND : 0);
      }

      @Override
      public void write(int offset, int size, long value) {
        lastWasCommand = true;
        command((int) value);
      }
    };
  }

  private void command(int value) {
    expecting = NOTHING;
    switch (value) {
      case 0x20 -> output = commandByte;
      case 0x60, 0xd1, 0xd2, 0xd3, 0xd4 -> expecting = value;
      case 0xa9 -> output = 0xff;
      case 0xaa -> output = 0x55;
      case 0xab -> output = 0;
      case 0xad -> commandByte |= 0x10;
      case 0xae -> commandByte &= ~0x10;
      case 0xc0 -> output = 0x80;
      case 0xd0 -> output = outputPort;
      default -> {
        if (value >= 0xf0 && (value & 1) == 0) {
          power.reset("i8042");
        }
      }
    }
  }

  private void writeOutputPort(int value) {
    outputPort = value;
    if ((value & 1) == 0) {
      power.reset("i8042");
    }
  }

  /** What must survive a save. */
  public State save() {
    return new State(commandByte, outputPort, output, expecting, lastWasCommand);
  }

  /** Takes up saved state. */
  public void restore(State state) {
    commandByte = state.commandByte();
    outputPort = state.outputPort();
    output = state.output();
    expecting = state.expecting();
    lastWasCommand = state.lastWasCommand();
  }
}
