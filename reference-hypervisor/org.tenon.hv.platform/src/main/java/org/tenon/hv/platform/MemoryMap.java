package org.tenon.hv.platform;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.memory.RamLayout;

/**
 * What a machine's firmware would tell about memory (ACPI specification, INT 15H E820H), by
 * ascending address.
 *
 * @param entries ranges that do not overlap
 */
public record MemoryMap(List<Entry> entries) {
  /** What a range is, with its number in all three boot protocols. */
  public enum Kind {
    /** RAM the guest may use. */
    RAM(1),
    /** Not for the guest's use. */
    RESERVED(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** The type field of an E820 entry. */
    public int code() {
      return code;
    }
  }

  /** One range. */
  public record Entry(long base, long length, Kind kind) {
    /** The address behind it. */
    public long end() {
      return base + length;
    }
  }

  /** Copies the list. */
  public MemoryMap {
    entries = List.copyOf(entries);
  }

  /** The map of a machine type with this much RAM. */
  public static MemoryMap of(MachineType type, RamLayout ram) {
    AddressRange low = type.range("firmware.low");
    AddressRange high = type.range("firmware.high");
    AddressRange ecam = type.range("pci.ecam");
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry(0, low.first(), Kind.RAM));
    entries.add(new Entry(low.first(), low.length(), Kind.RESERVED));
    entries.add(new Entry(high.first(), high.length(), Kind.RESERVED));
    for (RamLayout.Range range : ram.ranges()) {
      long base = Math.max(range.base(), high.last() + 1);
      if (range.base() == RamLayout.FOUR_GIB) {
        entries.add(new Entry(ecam.first(), ecam.length(), Kind.RESERVED));
      }
      entries.add(new Entry(base, range.end() - base, Kind.RAM));
    }
    if (ram.ranges().size() == 1) {
      entries.add(new Entry(ecam.first(), ecam.length(), Kind.RESERVED));
    }
    return new MemoryMap(entries);
  }
}
