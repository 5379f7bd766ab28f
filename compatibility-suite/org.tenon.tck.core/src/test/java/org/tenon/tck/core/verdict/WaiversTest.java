package org.tenon.tck.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;

class WaiversTest {
  private static final String FILE =
      """
      waivers:
        - clause: BLK-062
          driver: block-array-x
          owner: storage-team@example.com
          reason: firmware 4.2 reports a full pool as EIO
          expires: "2027-03-31"
      """;

  @TempDir private Path folder;

  private Waivers read(String yaml) throws IOException {
    return Waivers.read(Files.writeString(folder.resolve("waivers.yaml"), yaml));
  }

  @Test
  void isReadFromItsFile() throws IOException {
    Waivers waivers = read(FILE);
    assertThat(
            waivers.find(
                ClauseId.parse("BLK-062"),
                new Identifier("block-array-x"),
                LocalDate.of(2027, 3, 31)))
        .isPresent();
    assertThat(
            waivers.find(
                ClauseId.parse("BLK-062"),
                new Identifier("block-array-x"),
                LocalDate.of(2027, 4, 1)))
        .isEmpty();
  }

  @Test
  void withoutOwnerOrExpiryIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(FILE.replace("    owner: storage-team@example.com\n", "")))
        .withMessageContaining("owner");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(FILE.replace("storage-team@example.com", "\"\"")))
        .withMessageContaining("needs an owner");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(FILE.replace("2027-03-31", "never")))
        .withMessageContaining("BLK-062");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(FILE + "    forever: true\n"))
        .withMessageContaining("forever");
  }
}
