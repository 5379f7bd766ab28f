package org.tenon.tck.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.tenon.api.Identifier;
import org.tenon.tck.core.Requirement;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.Waivers;
import org.tenon.tck.hypervisor.ProbedMachine.Ending;

/** Logs as they should be, and as they should not. */
class ProbeLogTest {
  static ProbedMachine machine(Ending ending) {
    return new ProbedMachine(
        new Identifier("other"),
        "tenon probe judge probe.log",
        new TreeMap<>(),
        Instant.EPOCH,
        Duration.ZERO,
        ending);
  }

  /** A report with these lines, as the probe would end it. */
  private static String report(String... lines) {
    StringBuilder body = new StringBuilder();
    for (String line : lines) {
      body.append("tenon-probe 1 ").append(line).append('\n');
    }
    CRC32 crc = new CRC32();
    crc.update(body.toString().getBytes(StandardCharsets.ISO_8859_1));
    return "SeaBIOS\ntenon-probe 1 START\n%stenon-probe 1 END pass=%d fail=%d absent=%d crc=0x%x\n"
        .formatted(
            body,
            count(lines, " PASS "),
            count(lines, " FAIL "),
            count(lines, " ABSENT "),
            crc.getValue());
  }

  private static long count(String[] lines, String result) {
    return Arrays.stream(lines).filter(line -> line.contains(result)).count();
  }

  private static String everyClause() {
    return report(
        HypervisorProfile.requirements().all().stream()
            .map(Requirement::id)
            .filter(id -> id.number() != 140)
            .map(id -> id + " PASS it is so = 0x1")
            .toArray(String[]::new));
  }

  private static RunReport judge(String log, Ending ending) throws ProbeLogException {
    return HypervisorJudge.judge(ProbeLog.parse(log), machine(ending), Waivers.none());
  }

  @Test
  void aWholeReportPasses() throws ProbeLogException {
    assertThat(judge(everyClause(), Ending.TURNED_OFF).passed()).isTrue();
    assertThat(judge(everyClause().replace("\n", "\r\n"), Ending.UNKNOWN).passed()).isTrue();
  }

  @Test
  void oneFailureIsEnough() throws ProbeLogException {
    RunReport report =
        judge(report("HYP-020 PASS one", "HYP-020 FAIL two = 0x1, expected 0x2"), Ending.UNKNOWN);

    assertThat(report.passed()).isFalse();
    assertThat(report.failures()).hasSize(1);
    assertThat(report.failures().getFirst().actual()).isEqualTo("two = 0x1, expected 0x2");
  }

  /** What nothing is said about is not passed over. */
  @Test
  void clausesWithoutALineAreUnproven() throws ProbeLogException {
    RunReport report = judge(report("HYP-020 PASS one"), Ending.TURNED_OFF);

    assertThat(report.passed()).isFalse();
    assertThat(report.verdict().count(ClauseStatus.UNPROVEN))
        .isEqualTo(HypervisorProfile.requirements().all().size() - 2);
  }

  @Test
  void aMachineThatStaysOnFails() throws ProbeLogException {
    assertThat(judge(everyClause(), Ending.LEFT_ON).passed()).isFalse();
    String stays = everyClause() + "tenon-probe 1 HYP-140 FAIL the machine is still on\n";
    assertThat(judge(stays, Ending.UNKNOWN).passed()).isFalse();
  }

  @Test
  void saysWhatIsWrongWithALog() {
    assertBad("", "the probe did not start");
    assertBad("tenon-probe 2 START\n", "the probe did not start");
    assertBad(everyClause() + everyClause(), "the probe started again");
    assertBad(everyClause().replace("HYP-021 PASS", "HYP-021 OKAY"), "is none of the report");
    assertBad(everyClause().replace("HYP-021 PASS", "HYP-021 FAIL"), "it is damaged");
    assertBad(everyClause().replace("HYP-021 PASS it", "HYP-022 PASS it"), "checksum");
    assertThatThrownBy(() -> judge(report("HYP-999 PASS new"), Ending.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HYP-999");
  }

  /** However short it is cut, it is no report. */
  @Test
  void noPrefixIsAReport() {
    String whole = everyClause();
    for (int length = 0; length < whole.length() - 1; length += 7) {
      assertBad(whole.substring(0, length), "");
    }
  }

  /** A bit that the line turns over never makes a report that says something else. */
  @Test
  void damageIsSeen() throws ProbeLogException {
    String whole = everyClause();
    ProbeLog expected = ProbeLog.parse(whole);
    Random random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      StringBuilder damaged = new StringBuilder(whole);
      int at = random.nextInt(damaged.length());
      damaged.setCharAt(at, (char) (damaged.charAt(at) ^ 1 << random.nextInt(8)));
      try {
        assertThat(ProbeLog.parse(damaged.toString())).isEqualTo(expected);
      } catch (ProbeLogException seen) {
        assertThat(seen).hasMessageNotContaining("\n");
      }
    }
  }

  private static void assertBad(String log, String message) {
    assertThatThrownBy(() -> ProbeLog.parse(log))
        .isInstanceOf(ProbeLogException.class)
        .hasMessageContaining(message);
  }
}
