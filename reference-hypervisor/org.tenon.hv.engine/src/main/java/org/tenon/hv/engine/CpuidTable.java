package org.tenon.hv.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * What the CPUID instruction answers, as data. The engine itself fills in only what changes at run
 * time: the APIC id, the OSXSAVE and APIC-enabled bits, and the size of the enabled XSAVE area.
 */
public final class CpuidTable {
  /** First leaf of the extended range. */
  public static final int EXTENDED = 0x80000000;

  private final TreeMap<Long, Entry> entries = new TreeMap<>();

  /**
   * One row.
   *
   * @param leaf EAX on input
   * @param subleaf ECX on input; 0 where the leaf has no subleaves
   */
  public record Entry(int leaf, int subleaf, int eax, int ebx, int ecx, int edx) {
    @Override
    public String toString() {
      return "%08x.%x: %08x %08x %08x %08x".formatted(leaf, subleaf, eax, ebx, ecx, edx);
    }
  }

  /**
   * From rows.
   *
   * @throws IllegalArgumentException if a leaf and subleaf appear twice
   */
  public CpuidTable(List<Entry> rows) {
    for (Entry row : rows) {
      if (entries.put(key(row.leaf(), row.subleaf()), row) != null) {
        throw new IllegalArgumentException("CPUID row given twice: " + row);
      }
    }
  }

  private static long key(int leaf, int subleaf) {
    return Integer.toUnsignedLong(leaf) << 32 | Integer.toUnsignedLong(subleaf);
  }

  /** The row, or one of zeroes: an unknown leaf promises nothing. */
  public Entry get(int leaf, int subleaf) {
    Entry row = entries.get(key(leaf, subleaf));
    return row != null ? row : new Entry(leaf, subleaf, 0, 0, 0, 0);
  }

  /** All rows, by leaf and subleaf. */
  public List<Entry> rows() {
    return Collections.unmodifiableList(new ArrayList<>(entries.values()));
  }

  /**
   * This table without any feature bit that is missing in {@code supported}. Feature words are
   * those of leaves 1 (ECX, EDX), 7 (EBX, ECX, EDX), 0DH subleaves 0 and 1, 80000001H (ECX, EDX),
   * 80000007H (EDX) and 80000008H (EBX); the other leaves describe (names, topology, caches) and
   * pass unchanged, except that leaf 0DH subleaves beyond the supported ones are dropped.
   */
  public CpuidTable restrictedTo(CpuidTable supported) {
    List<Entry> rows = new ArrayList<>();
    for (Entry row : entries.values()) {
      Entry most = supported.get(row.leaf(), row.subleaf());
      Entry kept = restrict(row, most);
      if (kept.leaf() != 0xd || kept.subleaf() < 2 || most.eax() != 0) {
        rows.add(kept);
      }
    }
    return new CpuidTable(rows);
  }

  private static Entry restrict(Entry row, Entry most) {
    int a = row.eax();
    int b = row.ebx();
    int c = row.ecx();
    int d = row.edx();
    return switch (row.leaf()) {
      case 1, 0x80000001 -> entry(row, a, b, c & most.ecx(), d & most.edx());
      case 7 -> entry(row, a, b & most.ebx(), c & most.ecx(), d & most.edx());
      case 0xd -> row.subleaf() < 2 ? entry(row, a & most.eax(), b, c, d & most.edx()) : row;
      case 0x80000007 -> entry(row, a, b, c, d & most.edx());
      case 0x80000008 -> entry(row, a, b & most.ebx(), c, d);
      default -> row;
    };
  }

  private static Entry entry(Entry row, int a, int b, int c, int d) {
    return new Entry(row.leaf(), row.subleaf(), a, b, c, d);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CpuidTable that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    entries.values().forEach(row -> text.append(row).append('\n'));
    return text.toString();
  }
}
