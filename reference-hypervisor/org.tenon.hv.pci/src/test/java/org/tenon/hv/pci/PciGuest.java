package org.tenon.hv.pci;

import org.tenon.hv.bus.RegisterBlock;

/** A guest's side of configuration space through ports 0CF8H and 0CFCH, for tests. */
final class PciGuest {
  private final RegisterBlock address;
  private final RegisterBlock data;

  PciGuest(PciBus bus) {
    ConfigPorts ports = new ConfigPorts(bus, new Ram(1));
    address = ports.addressPorts();
    data = ports.dataPorts();
  }

  /** A device of another bus, as the {@code device} that the methods here take. */
  static int at(int bus, int device) {
    return bus << 5 | device;
  }

  private int select(int device, int offset) {
    address.write(0, 4, 0x80000000L | device << 11 | offset & 0xfc);
    return offset & 3;
  }

  long read(int device, int offset, int size) {
    return data.read(select(device, offset), size);
  }

  void write(int device, int offset, int size, long value) {
    data.write(select(device, offset), size, value);
  }

  /** Writes all ones to a BAR, reads it back and restores it, as guests size one. */
  long sizeMask(int device, int bar) {
    int offset = 0x10 + 4 * bar;
    long before = read(device, offset, 4);
    write(device, offset, 4, 0xffffffffL);
    long mask = read(device, offset, 4);
    write(device, offset, 4, before);
    return mask;
  }

  /** Where a capability begins, or 0. */
  int capability(int device, int id) {
    int at = (int) read(device, 0x34, 1);
    for (int steps = 0; at != 0 && steps < 48; steps++) {
      if (read(device, at, 1) == id) {
        return at;
      }
      at = (int) read(device, at + 1, 1);
    }
    return 0;
  }

  /** Registers that hold what is written, a byte each. */
  static final class Ram implements RegisterBlock {
    private final byte[] bytes;

    Ram(int size) {
      bytes = new byte[size];
    }

    @Override
    public long read(int offset, int size) {
      long value = 0;
      for (int i = 0; i < size; i++) {
        value |= (bytes[offset + i] & 0xffL) << (8 * i);
      }
      return value;
    }

    @Override
    public void write(int offset, int size, long value) {
      for (int i = 0; i < size; i++) {
        bytes[offset + i] = (byte) (value >>> (8 * i));
      }
    }
  }
}
