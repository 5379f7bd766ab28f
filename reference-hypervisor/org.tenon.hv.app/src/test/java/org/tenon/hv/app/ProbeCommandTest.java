package org.tenon.hv.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.tck.hypervisor.ProbeImage;

/** {@code tenon probe} with hypervisors that are none. */
class ProbeCommandTest {
  private static final String EMPTY_REPORT =
      "tenon-probe 1 START\ntenon-probe 1 END pass=0 fail=0 absent=0 crc=0x0\n";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int tenon(String... words) {
    Console console = new Console(new PrintWriter(out), new PrintWriter(err), false, false);
    return new Main(console).run(words);
  }

  private int run(String... command) {
    String[] words = new String[command.length + 5];
    System.arraycopy(
        new String[] {"probe", "run", "--out", folder.resolve("report").toString(), "--"},
        0,
        words,
        0,
        5);
    System.arraycopy(command, 0, words, 5, command.length);
    return tenon(words);
  }

  private String log(String text) throws IOException {
    return Files.writeString(folder.resolve("probe.log"), text, StandardCharsets.ISO_8859_1)
        .toString();
  }

  @Test
  void writesTheImage() {
    Path image = folder.resolve("probe.elf");

    assertThat(tenon("probe", "image", image.toString())).isZero();
    assertThat(image).hasBinaryContent(ProbeImage.build());
    assertThat(tenon("probe", "image", folder.resolve("none/probe.elf").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("cannot write").hasLineCount(1);
  }

  /** A report that says nothing leaves every clause unproven. */
  @Test
  void judgesALog() throws IOException {
    String report = folder.resolve("report").toString();

    assertThat(tenon("probe", "judge", log(EMPTY_REPORT), "--out", report)).isEqualTo(1);
    assertThat(out.toString()).contains("108 unproven", "NOT PASSED");
    assertThat(folder.resolve("report/report.html")).exists();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aLogWithoutAWholeReportIsBadInput() throws IOException {
    assertThat(tenon("probe", "judge", log("tenon-probe 1 START\ntenon-probe 1 HYP-0")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("probe.log: the report breaks off").hasLineCount(1);
    assertThat(tenon("probe", "judge", folder.resolve("none").toString())).isEqualTo(2);
  }

  @Test
  void startsTheCommandWithTheImage() throws IOException {
    assertThat(
            run("sh", "-c", "cat \"$1\" > /dev/null && printf '" + EMPTY_REPORT + "'", "-", "{}"))
        .isEqualTo(1);
    assertThat(out.toString()).contains("NOT PASSED");
    assertThat(folder.resolve("report/probe.log")).hasContent(EMPTY_REPORT);
  }

  @Test
  void aHypervisorThatStopsOnTheWayIsAtFault() {
    assertThat(run("sh", "-c", "echo tenon-probe 1 START", "{}")).isEqualTo(1);
    assertThat(err.toString()).contains("the report breaks off").hasLineCount(1);
  }

  @Test
  void commandsThatCannotBe() {
    assertThat(run("sh", "-c", "true")).isEqualTo(2);
    assertThat(err.toString()).contains("the command has no {}");
    assertThat(run(folder.resolve("no-hypervisor").toString(), "{}")).isEqualTo(2);
    assertThat(err.toString()).contains("no-hypervisor");
  }
}
