package org.tenon.hv.platform.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.platform.MachineType;

class AcpiTablesTest {
  private static final MachineType TYPE = MachineType.of(MachineType.CURRENT);

  @TempDir private Path folder;

  private static int sum(byte[] bytes, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += bytes[i];
    }
    return sum & 0xff;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 64})
  void everyTableSumsUpToZeroAndIsWhereItsPointersSay(int processors) {
    AcpiTables acpi = new AcpiTables(TYPE, processors);
    byte[] image = acpi.image();
    acpi.tables()
        .forEach((signature, table) -> {
          if (!signature.equals("FACS")) {
            assertThat(sum(table, table.length)).as(signature).isZero();
          }
        });
    ByteBuffer memory = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(sum(image, 20)).as("RSDP, first part").isZero();
    int base = (int) acpi.rootPointer();
    int xsdt = (int) memory.getLong(24) - base;
    assertThat(ascii(image, xsdt, 4)).isEqualTo("XSDT");
    int length = memory.getInt(xsdt + 4);
    List<String> wanted = List.of("FACP", "APIC", "MCFG");
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(36 + 8 * i).isLessThan(length);
      assertThat(ascii(image, (int) memory.getLong(xsdt + 36 + 8 * i) - base, 4))
          .isEqualTo(wanted.get(i));
    }
    int fadt = (int) memory.getLong(xsdt + 36) - base;
    assertThat(ascii(image, memory.getInt(fadt + 40) - base, 4)).isEqualTo("DSDT");
    assertThat(ascii(image, memory.getInt(fadt + 36) - base, 4)).isEqualTo("FACS");
    assertThat(memory.getInt(fadt + 36) % 64).isZero();
  }

  private static String ascii(byte[] bytes, int at, int length) {
    return new String(bytes, at, length, StandardCharsets.US_ASCII);
  }

  /**
   * Intel's own compiler disassembles every table, and compiles the DSDT it read back to the same
   * definitions.
   */
  @Test
  void iaslAcceptsEveryTable() throws IOException, InterruptedException {
    Map<String, byte[]> tables = new AcpiTables(TYPE, 4).tables();
    for (Map.Entry<String, byte[]> table : tables.entrySet()) {
      if (table.getKey().equals("RSDP")) {
        continue;
      }
      Path binary = folder.resolve(table.getKey() + ".aml");
      Files.write(binary, table.getValue());
      String listing = iasl("-d", binary.toString());
      Path source = folder.resolve(table.getKey() + ".dsl");
      assertThat(source).as(listing).exists();
      String text = Files.readString(source, StandardCharsets.ISO_8859_1);
      assertThat(text)
          .as(table.getKey())
          .doesNotContain("Invalid")
          .doesNotContain("**** Unknown")
          .doesNotContain("incorrect checksum");
    }
    String compiled =
        iasl(
            "-we", "-p", folder.resolve("again").toString(), folder.resolve("DSDT.dsl").toString());
    assertThat(compiled).contains("Compilation successful. 0 Errors, 0 Warnings");
    byte[] again = Files.readAllBytes(folder.resolve("again.aml"));
    byte[] dsdt = tables.getOrDefault("DSDT", new byte[0]);
    assertThat(java.util.Arrays.copyOfRange(again, 36, again.length))
        .as("the definitions behind the header")
        .isEqualTo(java.util.Arrays.copyOfRange(dsdt, 36, dsdt.length));
  }

  private String iasl(String... arguments) throws IOException, InterruptedException {
    java.util.ArrayList<String> command = new java.util.ArrayList<>(List.of("iasl"));
    command.addAll(List.of(arguments));
    Path log = folder.resolve("log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      String output = Files.readString(log, StandardCharsets.ISO_8859_1);
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } catch (IOException e) {
      return Assertions.fail(
          "iasl, which checks the ACPI tables, does not run: install Debian's acpica-tools", e);
    }
  }
}
