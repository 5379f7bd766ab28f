package org.tenon.hv.virtio.pci;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.Capability;

/**
 * The capability through which a driver that cannot map BARs reaches them by configuration accesses
 * alone (4.1.4.9). Other values than a naturally aligned 1, 2 or 4 bytes inside the BAR reach
 * nothing.
 */
final class ConfigAccess implements Capability {
  private static final int TYPE = 5;
  private static final int DATA = VirtioCapability.BYTES;

  private final int barIndex;
  private final long barSize;
  private final RegisterBlock bar;
  private int wantedBar;
  private int offset;
  private int length;

  ConfigAccess(int barIndex, long barSize, RegisterBlock bar) {
    this.barIndex = barIndex;
    this.barSize = barSize;
    this.bar = bar;
  }

  @Override
  public int id() {
    return VirtioCapability.VENDOR_SPECIFIC;
  }

  @Override
  public int length() {
    return DATA + 4;
  }

  @Override
  public int read(int register) {
    return switch (register) {
      case 0 -> TYPE << 24 | length() << 16;
      case 4 -> wantedBar;
      case 8 -> offset;
      case 12 -> length;
      default -> isPossible() ? (int) bar.read(offset, length) : 0;
    };
  }

  @Override
  public void write(int register, int value, int lanes) {
    switch (register) {
      case 4 -> wantedBar = merge(wantedBar, value, lanes) & 0xff;
      case 8 -> offset = merge(offset, value, lanes);
      case 12 -> length = merge(length, value, lanes);
      case DATA -> {
        if (isPossible()) {
          bar.write(offset, length, value & 0xffffffffL >>> (32 - 8 * length));
        }
      }
      default -> {}
    }
  }

  @Override
  public void reset() {
    wantedBar = 0;
    offset = 0;
    length = 0;
  }

  @Override
  public void save(StateWriter out) {
    out.put(new ConfigAccessState(wantedBar, offset, length));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    ConfigAccessState state = in.take(ConfigAccessState.class);
    wantedBar = state.bar();
    offset = state.offset();
    length = state.length();
  }

  private static int merge(int old, int value, int lanes) {
    return old & ~lanes | value & lanes;
  }

  private boolean isPossible() {
    return wantedBar == barIndex
        && (length == 1 || length == 2 || length == 4)
        && (offset & (length - 1)) == 0
        && offset >= 0
        && offset <= barSize - length;
  }
}
