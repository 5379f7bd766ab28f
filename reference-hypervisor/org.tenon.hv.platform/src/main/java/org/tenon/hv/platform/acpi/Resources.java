package org.tenon.hv.platform.acpi;

import org.tenon.hv.platform.AddressRange;

/** A resource template (6.4): the buffer that _CRS returns. */
final class Resources {
  private static final int BUS = 2;
  private static final int IO = 1;
  private static final int MEMORY = 0;

  private final TableWriter out = new TableWriter();

  /** {@code IO (Decode16, …)}: ports at a fixed place. */
  Resources ports(AddressRange range) {
    int first = (int) range.first();
    out.u8(0x47).u8(1).u16(first).u16(first).u8(1).u8((int) range.length());
    return this;
  }

  /** {@code IRQNoFlags () {irq}}: an edge-triggered ISA interrupt. */
  Resources isaInterrupt(int irq) {
    out.u8(0x22).u16(1 << irq);
    return this;
  }

  /** {@code Memory32Fixed (ReadWrite, …)}. */
  Resources fixedMemory(AddressRange range) {
    out.u8(0x86).u16(9).u8(1).u32(range.first()).u32(range.length());
    return this;
  }

  /** {@code WordBusNumber}: the buses behind a host bridge. */
  Resources buses(int first, int last) {
    out.u8(0x88).u16(13).u8(BUS).u8(0x0c).u8(0);
    out.u16(0).u16(first).u16(last).u16(0).u16(last - first + 1);
    return this;
  }

  /** {@code WordIO (…, EntireRange)}: ports that a host bridge passes on. */
  Resources portWindow(AddressRange range) {
    out.u8(0x88).u16(13).u8(IO).u8(0x0c).u8(3);
    out.u16(0).u16((int) range.first()).u16((int) range.last()).u16(0).u16((int) range.length());
    return this;
  }

  /** {@code DWordMemory (…, NonCacheable, ReadWrite)}: memory that a host bridge passes on. */
  Resources memoryWindow32(AddressRange range) {
    out.u8(0x87).u16(23).u8(MEMORY).u8(0x0c).u8(1);
    out.u32(0).u32(range.first()).u32(range.last()).u32(0).u32(range.length());
    return this;
  }

  /** {@code QWordMemory (…, Cacheable, ReadWrite)}: the same above 4 GiB. */
  Resources memoryWindow64(AddressRange range) {
    out.u8(0x8a).u16(43).u8(MEMORY).u8(0x0c).u8(3);
    out.u64(0).u64(range.first()).u64(range.last()).u64(0).u64(range.length());
    return this;
  }

  /** The template as an AML buffer, with its end tag (no checksum). */
  byte[] toAml() {
    return Aml.buffer(Aml.join(out.toBytes(), new byte[] {0x79, 0}));
  }
}
