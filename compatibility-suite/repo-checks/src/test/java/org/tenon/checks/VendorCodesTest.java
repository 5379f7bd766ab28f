package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.api.Identifier;
import org.tenon.api.Status;

/**
 * governance/vendor-codes/registry.csv gives each vendor blocks of its own, one after the other.
 */
class VendorCodesTest {
  private static final int BLOCK = 256;

  @Test
  void everyBlockIsWholeInRangeAndGivenOnce() throws IOException {
    List<String> lines =
        Files.readAllLines(Repository.root().resolve("governance/vendor-codes/registry.csv"));
    assertThat(lines).hasSizeGreaterThan(1).first().isEqualTo("first,last,vendor,contact");

    int next = Status.VENDOR_FIRST;
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      assertThat(fields).as(line).hasSize(4);
      assertThat(Integer.decode(fields[0])).as(line).isEqualTo(next);
      assertThat(Integer.decode(fields[1])).as(line).isEqualTo(next + BLOCK - 1);
      assertThat(Status.isVendor(Integer.decode(fields[1]))).as(line).isTrue();
      assertThat(new Identifier(fields[2]).value()).as(line).isNotEmpty();
      assertThat(fields[3]).as(line).contains("@");
      next += BLOCK;
    }
  }
}
