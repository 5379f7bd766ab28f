package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/** A function's capabilities, one behind the other from 40H on. */
final class CapabilityList {
  /** Where the first one begins. */
  static final int FIRST = 0x40;

  private static final int END = 0x100;

  private final List<Capability> capabilities;
  private final List<Integer> offsets = new ArrayList<>();

  /**
   * A list.
   *
   * @param name whose, for messages
   */
  CapabilityList(String name, List<? extends Capability> capabilities) {
    this.capabilities = List.copyOf(capabilities);
    int at = FIRST;
    for (Capability capability : capabilities) {
      offsets.add(at);
      at += (capability.length() + 3) & ~3;
    }
    if (at > END) {
      throw new IllegalArgumentException(
          name + ": the capabilities take " + (at - FIRST) + " bytes");
    }
  }

  /** The first one's place, 0 where there is none. */
  int first() {
    return capabilities.isEmpty() ? 0 : FIRST;
  }

  void reset() {
    capabilities.forEach(Capability::reset);
  }

  /** The states of all, in the order of the list. */
  void save(StateWriter out) throws StateException {
    for (Capability capability : capabilities) {
      capability.save(out);
    }
  }

  void restore(StateReader in) throws StateException {
    for (Capability capability : capabilities) {
      capability.restore(in);
    }
  }

  int read(int register) {
    int index = at(register);
    if (index < 0) {
      return 0;
    }
    Capability capability = capabilities.get(index);
    int within = register - offsets.get(index);
    int value = capability.read(within);
    if (within > 0) {
      return value;
    }
    int next = index + 1 < offsets.size() ? offsets.get(index + 1) : 0;
    return value & 0xffff0000 | next << 8 | capability.id();
  }

  void write(int register, int value, int lanes) {
    int index = at(register);
    if (index >= 0) {
      int within = register - offsets.get(index);
      capabilities.get(index).write(within, value, within == 0 ? lanes & 0xffff0000 : lanes);
    }
  }

  private int at(int register) {
    for (int i = offsets.size() - 1; i >= 0; i--) {
      int from = offsets.get(i);
      if (register >= from) {
        return register < from + capabilities.get(i).length() ? i : -1;
      }
    }
    return -1;
  }
}
