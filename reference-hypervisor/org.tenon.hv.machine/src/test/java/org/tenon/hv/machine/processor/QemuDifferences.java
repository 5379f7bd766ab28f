package org.tenon.hv.machine.processor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * How QEMU's translator (7.2) does otherwise than the manuals: each rule turns what QEMU prints
 * into what the source demands. SDM is Intel's Software Developer's Manual, APM AMD's Architecture
 * Programmer's Manual. A rule that no longer changes any line is reported, so that none outlives
 * its reason.
 */
class QemuDifferences {
  private record Rule(Pattern cases, String source, UnaryOperator<String> amend) {}

  /** All that follows the case's name. */
  static final String LINE = "(?<=:) [0-9a-f].*$";

  private final List<Rule> rules = new ArrayList<>();
  private final Set<Rule> used = new HashSet<>();

  /** Begins with what holds for every case. */
  QemuDifferences() {
    rule(
        ".*",
        "SDM vol. 3, 18.3.1.1: the image of RFLAGS that a fault saves has RF set",
        QemuDifferences::setResumeFlag);
  }

  private static String setResumeFlag(String line) {
    return Pattern.compile("(?<= |^)((?:[05-7a-e]|10|11|13)/\\S+ at \\S+ flags )(\\S+)")
        .matcher(line)
        .replaceAll(event ->
            event.group(1) + Long.toHexString(Long.parseLong(event.group(2), 16) | 0x10000));
  }

  final void rule(String cases, String source, UnaryOperator<String> amend) {
    rules.add(new Rule(Pattern.compile(cases), source, amend));
  }

  final void replace(String cases, String source, String from, String to) {
    Pattern pattern = Pattern.compile(from);
    rule(cases, source, line -> pattern.matcher(line).replaceAll(to));
  }

  /** What QEMU's lines would be if it followed the manuals. */
  final List<String> amend(List<String> lines) {
    List<String> amended = new ArrayList<>();
    String name = "";
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (!line.startsWith(" ") && colon > 0) {
        name = line.substring(0, colon);
      }
      amended.add(amend(name, line));
    }
    return amended;
  }

  private String amend(String name, String line) {
    String result = line;
    for (Rule rule : rules) {
      if (rule.cases().matcher(name).matches()) {
        String before = result;
        result = rule.amend().apply(result);
        if (!result.equals(before)) {
          used.add(rule);
        }
      }
    }
    return result;
  }

  /** The sources of rules that have changed nothing. */
  final List<String> unused() {
    return rules.stream()
        .filter(rule -> !used.contains(rule))
        .map(rule -> rule.cases() + ": " + rule.source())
        .toList();
  }
}
