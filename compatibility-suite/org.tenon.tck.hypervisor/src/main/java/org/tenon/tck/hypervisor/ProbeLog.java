package org.tenon.tck.hypervisor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;

/**
 * A whole report of the probe, as docs/reference/probe-report.md describes it.
 *
 * @param findings in the order of the log
 * @param isStillOn whether the probe reported, after the end, that the machine did not turn off
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record ProbeLog(List<Finding> findings, boolean isStillOn) {
  private static final String START = "tenon-probe 1 START";
  private static final Pattern LINE =
      Pattern.compile("tenon-probe 1 (HYP-\\d{3}) (PASS|FAIL|ABSENT) (\\S.*)");
  private static final Pattern END =
      Pattern.compile(
          "tenon-probe 1 END pass=(\\d{1,6}) fail=(\\d{1,6}) absent=(\\d{1,6})"
              + " crc=0x([0-9a-f]{1,8})");
  private static final Pattern STILL_ON = Pattern.compile("tenon-probe 1 HYP-140 FAIL .*");

  /** Copies the list. */
  public ProbeLog {
    findings = List.copyOf(findings);
  }

  /**
   * Reads a serial log. What firmware says before the report, and whoever after it, is passed over.
   *
   * @throws ProbeLogException if there is no report, or it is cut off, damaged or there twice
   */
  public static ProbeLog parse(String text) throws ProbeLogException {
    List<String> lines = List.of(text.replace("\r", "").split("\n", -1));
    int start = lines.indexOf(START);
    if (start < 0) {
      throw new ProbeLogException(
          "the log has no line \"%s\": the probe did not start, or COM1 goes elsewhere"
              .formatted(START));
    }
    if (lines.lastIndexOf(START) != start) {
      throw new ProbeLogException(
          "line %d: the probe started again: the machine was reset, or the log has two runs"
              .formatted(lines.lastIndexOf(START) + 1));
    }
    CRC32 crc = new CRC32();
    List<Finding> findings = new ArrayList<>();
    for (int i = start + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher end = END.matcher(line);
      if (end.matches()) {
        check(end, findings, crc.getValue(), i + 1);
        return new ProbeLog(findings, isStillOn(lines.subList(i + 1, lines.size())));
      }
      findings.add(finding(line, i + 1, i == lines.size() - 1));
      crc.update((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
    throw new ProbeLogException(
        "the report breaks off after line %d, \"%s\"".formatted(lines.size(), lines.getLast()));
  }

  private static Finding finding(String line, int number, boolean isLast) throws ProbeLogException {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches() || parts.group(1).endsWith("000")) {
      throw new ProbeLogException(
          isLast
              ? "the report breaks off in line %d, after \"%s\"".formatted(number, line)
              : "line %d is none of the report: \"%s\"".formatted(number, line));
    }
    return new Finding(
        ClauseId.parse(parts.group(1)), Finding.Result.valueOf(parts.group(2)), parts.group(3));
  }

  private static void check(Matcher end, List<Finding> findings, long crc, int number)
      throws ProbeLogException {
    int group = 1;
    for (Finding.Result result : Finding.Result.values()) {
      long count = findings.stream().filter(each -> each.result() == result).count();
      if (count != Long.parseLong(end.group(group))) {
        throw new ProbeLogException(
            "line %d: the probe wrote %s lines of %s, the log has %d: it is damaged"
                .formatted(number, end.group(group), result, count));
      }
      group++;
    }
    if (crc != Long.parseLong(end.group(4), 16)) {
      throw new ProbeLogException(
          "line %d: the checksum of the report is 0x%x: the log is damaged".formatted(number, crc));
    }
  }

  private static boolean isStillOn(List<String> rest) {
    return rest.stream().anyMatch(line -> STILL_ON.matcher(line).matches());
  }
}
