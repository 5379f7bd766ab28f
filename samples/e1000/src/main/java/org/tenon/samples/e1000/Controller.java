package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.CTRL;
import static org.tenon.samples.e1000.Registers.EECD;
import static org.tenon.samples.e1000.Registers.EERD;
import static org.tenon.samples.e1000.Registers.ICR;
import static org.tenon.samples.e1000.Registers.ICS;
import static org.tenon.samples.e1000.Registers.IMC;
import static org.tenon.samples.e1000.Registers.IMS;
import static org.tenon.samples.e1000.Registers.ITR;
import static org.tenon.samples.e1000.Registers.MDIC;
import static org.tenon.samples.e1000.Registers.RAL;
import static org.tenon.samples.e1000.Registers.RCTL;
import static org.tenon.samples.e1000.Registers.RDT;
import static org.tenon.samples.e1000.Registers.RDTR;
import static org.tenon.samples.e1000.Registers.STATUS;
import static org.tenon.samples.e1000.Registers.TCTL;
import static org.tenon.samples.e1000.Registers.TDT;
import static org.tenon.samples.e1000.Registers.TIDV;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.DeviceHost;

/**
 * The controller: leads each access of a register to the part that it concerns, and frames between
 * the parts. For the device thread.
 */
final class Controller implements Transmitter.Line {
  private static final int CTRL_RESET = 1 << 26;
  private static final int CTRL_PHY_RESET = 1 << 31;
  private static final int STATUS_FULL_DUPLEX = 1;
  private static final int STATUS_LINK = 1 << 1;
  private static final int STATUS_PAUSED = 1 << 4;
  private static final int STATUS_1000 = 1 << 7;
  private static final int FLUSH = 1 << 31;
  private static final int ADDRESS_VALID = 1 << 31;

  private final RegisterFile file = new RegisterFile();
  private final Statistics statistics = new Statistics(file);
  private final Phy phy = new Phy(file);
  private final Eeprom eeprom;
  private final InterruptCause cause;
  private final Receiver receiver;
  private final Transmitter transmitter;
  private final Wire wire;
  private final Arrivals arrivals;

  /** The link as the guest was last told of it. */
  private boolean linked;

  private boolean tellReceived;
  private boolean tellTransmitted;

  Controller(MacAddress address, @Nullable WireEnd end, DeviceHost host) {
    eeprom = new Eeprom(address, file);
    cause = new InterruptCause(file, host);
    receiver = new Receiver(file, host, statistics, cause);
    transmitter = new Transmitter(file, host, statistics, cause, this);
    wire = new Wire(end, host, this::takeNews);
    arrivals = new Arrivals(wire, receiver);
    clear();
  }

  /** What registers hold after power-on; no effect beyond. */
  private void clear() {
    file.reset();
    file.set(RAL, eeprom.word(0) | eeprom.word(1) << 16);
    file.set(RAL + 4, eeprom.word(2) | ADDRESS_VALID);
    eeprom.reset();
    phy.reset();
  }

  /** Begins, or goes on from a state that was restored. */
  void start() {
    wire.start();
    if (tellReceived) {
      receiver.tellLater();
    }
    if (tellTransmitted) {
      transmitter.tellLater();
    }
    cause.update();
    if (transmitter.isUnfinished()) {
      wire.again();
    }
  }

  /** As after power-on; what was under way is forgotten. */
  void reset() {
    transmitter.reset();
    receiver.stop();
    arrivals.reset();
    clear();
    cause.reset();
    linked = phy.hasLink();
  }

  void close() {
    transmitter.stop();
    receiver.stop();
    cause.stop();
    wire.close();
  }

  long read(int offset) {
    int value =
        switch (offset) {
          case STATUS -> status();
          case EECD -> eeprom.readControl();
          case ICR -> cause.take();
          case ICS, IMC -> 0;
          default -> Statistics.holds(offset) ? statistics.take(offset) : file.read(offset);
        };
    return Integer.toUnsignedLong(value);
  }

  private int status() {
    return STATUS_FULL_DUPLEX
        | STATUS_1000
        | (phy.hasLink() ? STATUS_LINK : 0)
        | (transmitter.isPaused() ? STATUS_PAUSED : 0);
  }

  void write(int offset, int value) {
    switch (offset) {
      case CTRL -> control(value);
      case EECD -> eeprom.writeControl(value);
      case EERD -> eeprom.writeRead(value);
      case MDIC -> manage(value);
      case ICR -> cause.acknowledge(value);
      case ICS -> cause.raise(value);
      case IMS -> cause.enable(value);
      case IMC -> cause.disable(value);
      default -> {
        file.write(offset, value);
        wrote(offset, value);
      }
    }
  }

  /** What follows from a register's new value. */
  private void wrote(int offset, int value) {
    switch (offset) {
      case ITR -> cause.update();
      case TCTL, TDT -> transmit();
      case RCTL, RDT -> takeFrames();
      case RDTR -> {
        if ((value & FLUSH) != 0) {
          receiver.flush();
        }
      }
      case TIDV -> {
        if ((value & FLUSH) != 0) {
          transmitter.flush();
        }
      }
      default -> {}
    }
  }

  private void control(int value) {
    if ((value & CTRL_RESET) != 0) {
      reset();
      takeLink();
    } else {
      if ((value & CTRL_PHY_RESET) != 0) {
        phy.reset();
        takeLink();
      }
      file.write(CTRL, value);
    }
  }

  private void manage(int value) {
    boolean interrupts = phy.access(value);
    takeLink();
    if (interrupts) {
      cause.raise(InterruptCause.MDIO_DONE);
    }
  }

  /** The wire has news: a frame, room, or the other end came or went. */
  private void takeNews() {
    takeLink();
    takeFrames();
    transmit();
  }

  private void takeLink() {
    phy.setCable(wire.isConnected());
    if (phy.hasLink() != linked) {
      linked = phy.hasLink();
      cause.raise(InterruptCause.LINK);
    }
  }

  private void takeFrames() {
    if (arrivals.turn(phy.hasLink() && !loopsBack())) {
      wire.again();
    }
  }

  private void transmit() {
    if (transmitter.turn()) {
      wire.again();
    }
  }

  private boolean loopsBack() {
    return receiver.loopsBack() || phy.loopsBack();
  }

  @Override
  public boolean hasRoom(long bytes) {
    return loopsBack() || !phy.hasLink() || wire.hasRoom(bytes);
  }

  @Override
  public void send(byte[] frame, int start, int length) {
    if (loopsBack()) {
      receiver.receive(frame, start, length);
    } else if (phy.hasLink()) {
      wire.send(frame, start, length);
    }
  }

  void save(DataOutputStream out) throws IOException {
    file.save(out);
    eeprom.save(out);
    phy.save(out);
    transmitter.save(out);
    out.writeBoolean(receiver.isTelling());
    out.writeBoolean(transmitter.isTelling());
  }

  void restore(DataInputStream in) throws IOException, DriverException {
    file.restore(in);
    eeprom.restore(in);
    phy.restore(in);
    transmitter.restore(in);
    tellReceived = in.readBoolean();
    tellTransmitted = in.readBoolean();
  }
}
