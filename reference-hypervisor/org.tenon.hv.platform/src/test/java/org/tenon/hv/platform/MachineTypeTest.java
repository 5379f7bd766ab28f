package org.tenon.hv.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.platform.acpi.AcpiTables;

class MachineTypeTest {
  private final MachineType type = MachineType.of(MachineType.CURRENT);

  /** What a guest can find out without running: memory map, CPUID, ACPI tables. */
  private String dump() {
    StringBuilder text = new StringBuilder();
    for (long mebibytes : new long[] {256, 8192}) {
      text.append("memory map, ").append(mebibytes).append(" MiB\n");
      RamLayout ram = RamLayout.split(mebibytes << 20, type.number("ram.low-end"));
      for (MemoryMap.Entry entry : MemoryMap.of(type, ram).entries()) {
        text.append("  %012x-%012x %s%n".formatted(entry.base(), entry.end() - 1, entry.kind()));
      }
    }
    for (int processors : new int[] {1, 4}) {
      text.append("CPUID, processors ").append(processors).append('\n');
      for (MachineType.Cpuid row : type.cpuid(processors)) {
        text.append(
            "  %08x.%x %08x %08x %08x %08x%n"
                .formatted(row.leaf(), row.subleaf(), row.eax(), row.ebx(), row.ecx(), row.edx()));
      }
      text.append("ACPI, processors ").append(processors).append('\n');
      AcpiTables acpi = new AcpiTables(type, processors);
      byte[] image = acpi.image();
      for (int at = 0; at < image.length; at += 32) {
        int end = Math.min(at + 32, image.length);
        text.append(
            "  %06x %s%n"
                .formatted(acpi.rootPointer() + at, HexFormat.of().formatHex(image, at, end)));
      }
    }
    return text.toString();
  }

  /**
   * The virtual hardware never changes once released. A difference here means that guests would see
   * another machine: make a new machine type instead. (Before the first release, the text of the
   * failure replaces the golden file.)
   */
  @Test
  void theMachineIsTheGoldenOne() throws IOException {
    try (InputStream in = MachineTypeTest.class.getResourceAsStream("tenon-1.0.golden.txt")) {
      String golden =
          new String(
              Objects.requireNonNull(in, "golden file").readAllBytes(), StandardCharsets.UTF_8);
      assertThat(dump()).isEqualTo(golden);
    }
  }

  @Test
  void windowsDoNotOverlapRam() {
    AddressRange hole = new AddressRange(type.number("ram.low-end"), (1L << 32) - 1);
    for (String key : new String[] {"pci.memory32", "pci.ecam"}) {
      assertThat(type.range(key).first()).isGreaterThanOrEqualTo(hole.first());
      assertThat(type.range(key).last()).isLessThanOrEqualTo(hole.last());
    }
    assertThat(type.range("pci.memory32").overlaps(type.range("pci.ecam"))).isFalse();
    assertThat(type.range("pci.memory64").first())
        .isGreaterThanOrEqualTo(type.number("ram.high-end"));
  }

  @Test
  void unknownTypesAndMissingKeysAreNamed() throws IOException {
    assertThatThrownBy(() -> MachineType.of("tenon-9.9"))
        .hasMessageContaining("tenon-9.9")
        .hasMessageContaining("tenon-1.0");
    assertThatThrownBy(() -> MachineType.of("../../etc/passwd"))
        .hasMessageContaining("no machine type");
    MachineType empty = MachineType.read(new StringReader("name = x"));
    assertThatThrownBy(() -> empty.number("irq.com1"))
        .hasMessage("machine type x lacks the number irq.com1");
    assertThatThrownBy(() -> MachineType.read(new StringReader("irq.com1 = four")))
        .hasMessageContaining("irq.com1 = four is malformed");
    assertThatThrownBy(() -> MachineType.read(new StringReader("cpuid.1.0 = 1 2")))
        .hasMessageContaining("malformed");
  }
}
