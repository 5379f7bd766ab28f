package org.tenon.hv.platform;

import java.util.List;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.irq.IrqLine;

/**
 * A 16550A serial port (data sheet: National Semiconductor PC16550D). The line has no speed: what
 * the guest writes has been sent at once, what arrives can be read at once. Modem control reads as
 * a connected peer.
 */
public final class Uart16550 implements RegisterBlock {
  /** Bytes in the receive FIFO. */
  public static final int FIFO = 16;

  private static final int IER_RECEIVE = 1;
  private static final int IER_TRANSMIT = 1 << 1;
  private static final int IER_LINE = 1 << 2;
  private static final int IER_MODEM = 1 << 3;
  private static final int FCR_ENABLE = 1;
  private static final int LCR_DIVISOR = 0x80;
  private static final int MCR_OUT2 = 1 << 3;
  private static final int MCR_LOOP = 1 << 4;
  private static final int LSR_READY = 1;
  private static final int LSR_OVERRUN = 1 << 1;
  private static final int LSR_ERRORS = 0x1e;
  private static final int LSR_TRANSMITTER_EMPTY = 0x60;
  private static final int MSR_CONNECTED = 0xb0;

  private static final int IIR_NONE = 1;
  private static final int IIR_LINE = 6;
  private static final int IIR_RECEIVED = 4;
  private static final int IIR_TIMEOUT = 12;
  private static final int IIR_TRANSMIT = 2;
  private static final int IIR_MODEM = 0;
  private static final int[] TRIGGER = {1, 4, 8, 14};

  /** The far end of the line. Called on the run-loop thread. */
  public interface Peer {
    /** A byte the guest has sent. */
    void transmitted(int value);

    /** The guest can take bytes again after {@link Uart16550#receive} refused one. */
    void ready();
  }

  private final IrqLine line;
  private final Peer peer;
  private final int[] received = new int[FIFO];
  private int head;
  private int count;
  private boolean refused;
  private int ier;
  private int fcr;
  private int lcr;
  private int mcr;
  private int lineErrors;
  private int modemDeltas;
  private int scratch;
  private int divisorLow;
  private int divisorHigh;
  private boolean transmitterIdle;

  /** A port after power-on. */
  public Uart16550(IrqLine line, Peer peer) {
    this.line = line;
    this.peer = peer;
    reset();
  }

  /** To the state after power-on. */
  public void reset() {
    head = 0;
    count = 0;
    ier = 0;
    fcr = 0;
    lcr = 0;
    mcr = 0;
    lineErrors = 0;
    modemDeltas = 0;
    scratch = 0;
    divisorLow = 12;
    divisorHigh = 0;
    transmitterIdle = true;
    update();
  }

  /**
   * A byte arrives.
   *
   * @return false when there is no room, or the guest has the port in loopback; {@link Peer#ready}
   *     tells when there is again
   */
  public boolean receive(int value) {
    if ((mcr & MCR_LOOP) != 0 || count >= capacity()) {
      refused = true;
      return false;
    }
    enqueue(value & 0xff);
    update();
    return true;
  }

  private int capacity() {
    return (fcr & FCR_ENABLE) != 0 ? FIFO : 1;
  }

  private void enqueue(int value) {
    if (count == capacity()) {
      lineErrors |= LSR_OVERRUN;
      return;
    }
    received[(head + count) % FIFO] = value;
    count++;
  }

  @Override
  public long read(int offset, int size) {
    boolean divisor = (lcr & LCR_DIVISOR) != 0;
    return switch (offset) {
      case 0 -> divisor ? divisorLow : readData();
      case 1 -> divisor ? divisorHigh : ier;
      case 2 -> readIdentification();
      case 3 -> lcr;
      case 4 -> mcr;
      case 5 -> readLineStatus();
      case 6 -> readModemStatus();
      default -> scratch;
    };
  }

  @Override
  public void write(int offset, int size, long written) {
    int value = (int) written & 0xff;
    boolean divisor = (lcr & LCR_DIVISOR) != 0;
    switch (offset) {
      case 0 -> {
        if (divisor) {
          divisorLow = value;
        } else {
          transmit(value);
        }
      }
      case 1 -> {
        if (divisor) {
          divisorHigh = value;
        } else {
          writeEnable(value);
        }
      }
      case 2 -> writeFifoControl(value);
      case 3 -> lcr = value;
      case 4 -> writeModemControl(value);
      case 7 -> scratch = value;
      default -> {}
    }
    update();
  }

  private int readData() {
    if (count == 0) {
      return 0;
    }
    int value = received[head];
    head = (head + 1) % FIFO;
    count--;
    update();
    tellPeer();
    return value;
  }

  private void tellPeer() {
    if (refused && count < capacity() && (mcr & MCR_LOOP) == 0) {
      refused = false;
      peer.ready();
    }
  }

  private void transmit(int value) {
    if ((mcr & MCR_LOOP) != 0) {
      enqueue(value);
    } else {
      peer.transmitted(value);
    }
    transmitterIdle = true;
  }

  private void writeEnable(int value) {
    boolean transmitEnabled = (value & ~ier & IER_TRANSMIT) != 0;
    ier = value & 0xf;
    if (transmitEnabled) {
      transmitterIdle = true;
    }
  }

  private void writeFifoControl(int value) {
    boolean toggled = ((value ^ fcr) & FCR_ENABLE) != 0;
    if (toggled || (value & 2) != 0) {
      head = 0;
      count = 0;
    }
    fcr = (value & FCR_ENABLE) != 0 ? value & 0xc9 : 0;
    tellPeer();
  }

  private void writeModemControl(int value) {
    int before = modemLines();
    mcr = value & 0x1f;
    int after = modemLines();
    int changed = (before ^ after) >>> 4;
    int ringEnded = before & ~after & 0x40;
    modemDeltas |= (changed & 0xb) | (ringEnded >>> 4);
    tellPeer();
  }

  /** CTS, DSR, RI, DCD; in loopback they follow RTS, DTR, OUT1, OUT2. */
  private int modemLines() {
    if ((mcr & MCR_LOOP) == 0) {
      return MSR_CONNECTED;
    }
    return (mcr & 2) << 3 | (mcr & 1) << 5 | (mcr & 4) << 4 | (mcr & 8) << 4;
  }

  private int readModemStatus() {
    int value = modemLines() | modemDeltas;
    modemDeltas = 0;
    update();
    return value;
  }

  private int readLineStatus() {
    int value = LSR_TRANSMITTER_EMPTY | lineErrors | (count > 0 ? LSR_READY : 0);
    lineErrors = 0;
    update();
    return value;
  }

  private int readIdentification() {
    int cause = cause();
    if (cause == IIR_TRANSMIT) {
      transmitterIdle = false;
      update();
    }
    return cause | ((fcr & FCR_ENABLE) != 0 ? 0xc0 : 0);
  }

  /** The interrupt of the highest priority that is enabled and present. */
  private int cause() {
    if ((ier & IER_LINE) != 0 && (lineErrors & LSR_ERRORS) != 0) {
      return IIR_LINE;
    }
    if ((ier & IER_RECEIVE) != 0 && count > 0) {
      int trigger = (fcr & FCR_ENABLE) != 0 ? TRIGGER[fcr >>> 6] : 1;
      return count >= trigger ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if ((ier & IER_TRANSMIT) != 0 && transmitterIdle) {
      return IIR_TRANSMIT;
    }
    if ((ier & IER_MODEM) != 0 && modemDeltas != 0) {
      return IIR_MODEM;
    }
    return IIR_NONE;
  }

  /** OUT2 gates the interrupt on a PC's board; loopback cuts it off. */
  private void update() {
    boolean connected = (mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;
    line.set(connected && cause() != IIR_NONE);
  }

  /** What must survive a save. */
  public UartState save() {
    Integer[] fifo = new Integer[count];
    for (int i = 0; i < count; i++) {
      fifo[i] = received[(head + i) % FIFO];
    }
    return new UartState(
        List.of(ier, fcr, lcr, mcr, lineErrors, modemDeltas, scratch, divisorLow, divisorHigh),
        List.of(fifo),
        transmitterIdle);
  }

  /** Takes up saved state. */
  public void restore(UartState state) {
    List<Integer> registers = state.registers();
    ier = registers.get(0);
    fcr = registers.get(1);
    lcr = registers.get(2);
    mcr = registers.get(3);
    lineErrors = registers.get(4);
    modemDeltas = registers.get(5);
    scratch = registers.get(6);
    divisorLow = registers.get(7);
    divisorHigh = registers.get(8);
    transmitterIdle = state.transmitterIdle();
    head = 0;
    count = state.received().size();
    for (int i = 0; i < count; i++) {
      received[i] = state.received().get(i);
    }
    update();
  }
}
