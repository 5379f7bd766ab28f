package org.tenon.kit.testing.pci;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Stability;
import org.tenon.spi.device.PciBar;

/**
 * A guest's driver of one PCI function: finds, sizes and moves BARs, walks capabilities, sets up
 * MSI and MSI-X (PCI local bus specification 3.0). For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestFunction {
  /** Command register: ports are decoded. */
  public static final int IO_SPACE = 1;

  /** Command register: memory is decoded. */
  public static final int MEMORY_SPACE = 1 << 1;

  /** Command register: the function may use memory and send messages. */
  public static final int BUS_MASTER = 1 << 2;

  /** Capability id of MSI. */
  public static final int MSI = 0x05;

  /** Capability id of MSI-X. */
  public static final int MSIX = 0x11;

  /** Capability id of the advanced features, which hold the function level reset. */
  public static final int ADVANCED_FEATURES = 0x13;

  private static final int COMMAND = 0x04;
  private static final int STATUS = 0x06;
  private static final int CAPABILITY_LIST = 1 << 4;
  private static final int FIRST_BAR = 0x10;
  private static final int FIRST_CAPABILITY = 0x34;
  private static final int MSI_WIDE = 1 << 7;
  private static final int MSI_MASKS = 1 << 8;

  /** In a memory BAR: it has 64 bits. */
  private static final int WIDE = 4;

  private static final long MESSAGE_ADDRESS = 0xfee00000L;

  private final PciAccess board;

  /** The function that is reached so. */
  public GuestFunction(PciAccess board) {
    this.board = board;
  }

  /** Sets the command register's low three bits. */
  public void command(int bits) {
    board.writeConfig(COMMAND, 2, bits);
  }

  /** The command register. */
  public int command() {
    return (int) board.readConfig(COMMAND, 2);
  }

  /** The BAR's register as it reads. */
  public long barRegister(int index) {
    return board.readConfig(FIRST_BAR + 4 * index, 4);
  }

  /** The size of a BAR as a guest finds it: all ones written, and what reads back. */
  public long size(PciBar bar) {
    int at = FIRST_BAR + 4 * bar.index();
    long before = board.readConfig(at, 4);
    board.writeConfig(at, 4, 0xffffffffL);
    long mask = board.readConfig(at, 4);
    board.writeConfig(at, 4, before);
    long flags = bar.kind() == PciBar.Kind.PORTS ? 3 : 15;
    long high = 0xffffffffL;
    if (bar.kind() == PciBar.Kind.MEMORY64) {
      long upper = board.readConfig(at + 4, 4);
      board.writeConfig(at + 4, 4, 0xffffffffL);
      high = board.readConfig(at + 4, 4);
      board.writeConfig(at + 4, 4, upper);
    }
    return ~(high << 32 | (mask & ~flags)) + 1;
  }

  /** Where a BAR is. */
  public long base(PciBar bar) {
    long low = barRegister(bar.index()) & (bar.kind() == PciBar.Kind.PORTS ? ~3L : ~15L);
    return bar.kind() == PciBar.Kind.MEMORY64 ? barRegister(bar.index() + 1) << 32 | low : low;
  }

  /** Puts a BAR somewhere else. */
  public void move(PciBar bar, long base) {
    board.writeConfig(FIRST_BAR + 4 * bar.index(), 4, base & 0xffffffffL);
    if (bar.kind() == PciBar.Kind.MEMORY64) {
      board.writeConfig(FIRST_BAR + 4 * (bar.index() + 1), 4, base >>> 32);
    }
  }

  /** Reads at an address behind a BAR. */
  public long read(PciBar bar, long base, int offset, int size) {
    return bar.kind() == PciBar.Kind.PORTS
        ? board.readPort((int) base + offset, size)
        : board.readMemory(base + offset, size);
  }

  /** Reads behind a BAR where it is now. */
  public long read(PciBar bar, int offset, int size) {
    return read(bar, base(bar), offset, size);
  }

  /** Writes behind a BAR where it is now. */
  public void write(PciBar bar, int offset, int size, long value) {
    if (bar.kind() == PciBar.Kind.PORTS) {
      board.writePort((int) base(bar) + offset, size, value);
    } else {
      board.writeMemory(base(bar) + offset, size, value);
    }
  }

  /** Where a capability begins, or 0; a list that does not end is followed 48 steps. */
  public int capability(int id) {
    return capabilities(id).stream().findFirst().orElse(0);
  }

  /** Where each capability of that id begins, in the order of the list. */
  public List<Integer> capabilities(int id) {
    List<Integer> found = new ArrayList<>();
    if ((board.readConfig(STATUS, 2) & CAPABILITY_LIST) == 0) {
      return found;
    }
    int at = (int) board.readConfig(FIRST_CAPABILITY, 1) & 0xfc;
    for (int steps = 0; at != 0 && steps < 48; steps++) {
      if (board.readConfig(at, 1) == id) {
        found.add(at);
      }
      at = (int) board.readConfig(at + 1, 1) & 0xfc;
    }
    return found;
  }

  /** How many vectors the MSI-X table has; 0 without one. */
  public int vectors() {
    int at = capability(MSIX);
    return at == 0 ? 0 : ((int) board.readConfig(at + 2, 2) & 0x7ff) + 1;
  }

  /** How many vectors MSI has; 0 without it. */
  public int msiVectors() {
    int at = capability(MSI);
    return at == 0 ? 0 : 1 << ((int) board.readConfig(at + 2, 2) >>> 1 & 7);
  }

  /** Allows MSI all its vectors, with their numbers as messages, none masked, and turns it on. */
  public void enableMsi() {
    int at = capability(MSI);
    int control = (int) board.readConfig(at + 2, 2);
    boolean wide = (control & MSI_WIDE) != 0;
    board.writeConfig(at + 4, 4, MESSAGE_ADDRESS);
    if (wide) {
      board.writeConfig(at + 8, 4, 0);
    }
    board.writeConfig(at + (wide ? 12 : 8), 2, 0);
    maskMsi(0);
    board.writeConfig(at + 2, 2, control & ~0x70 | (control << 3 & 0x70) | 1);
  }

  /** Masks a set of MSI's vectors, a bit for each, and unmasks the others, where it can. */
  public void maskMsi(int vectors) {
    int at = capability(MSI);
    int control = (int) board.readConfig(at + 2, 2);
    if ((control & MSI_MASKS) != 0) {
      board.writeConfig(at + ((control & MSI_WIDE) != 0 ? 16 : 12), 4, vectors & 0xffffffffL);
    }
  }

  /** Gives each vector its number as message, masks or unmasks all, and turns MSI-X on. */
  public void enableMessages(boolean masked) {
    enableMessages(0, masked);
  }

  /**
   * Gives each vector a message, masks or unmasks all, and turns MSI-X on.
   *
   * @param first the message of vector 0; each has the one after that of the vector before
   */
  public void enableMessages(int first, boolean masked) {
    for (int vector = 0; vector < vectors(); vector++) {
      long entry = table() + 16L * vector;
      board.writeMemory(entry, 4, MESSAGE_ADDRESS);
      board.writeMemory(entry + 4, 4, 0);
      board.writeMemory(entry + 8, 4, first + vector);
      board.writeMemory(entry + 12, 4, masked ? 1 : 0);
    }
    board.writeConfig(capability(MSIX) + 2, 2, 0x8000);
  }

  /** Masks or unmasks a vector. */
  public void mask(int vector, boolean masked) {
    board.writeMemory(table() + 16L * vector + 12, 4, masked ? 1 : 0);
  }

  private long table() {
    long place = board.readConfig(capability(MSIX) + 4, 4);
    return memoryBase((int) place & 7) + (place & ~7L);
  }

  /** Where a memory BAR is, of 32 or of 64 bits as it says itself. */
  public long memoryBase(int index) {
    long low = barRegister(index);
    return (low & WIDE) == 0 ? low & ~15L : barRegister(index + 1) << 32 | low & ~15L;
  }

  /** Resets the function through its advanced features; nothing happens without them. */
  public void functionLevelReset() {
    int at = capability(ADVANCED_FEATURES);
    if (at != 0) {
      board.writeConfig(at + 4, 1, 1);
    }
  }
}
