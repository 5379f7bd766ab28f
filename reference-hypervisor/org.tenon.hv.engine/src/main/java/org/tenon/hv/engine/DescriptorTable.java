package org.tenon.hv.engine;

/**
 * GDTR or IDTR.
 *
 * @param base linear address
 * @param limit offset of the table's last byte, 16 bits
 */
public record DescriptorTable(long base, int limit) {
  public DescriptorTable {
    if (limit >>> 16 != 0) {
      throw new IllegalArgumentException("a descriptor table's limit has 16 bits: " + limit);
    }
  }
}
