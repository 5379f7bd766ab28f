package org.tenon.tck.core.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestOutput;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestWork;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.driver.Trial;

/**
 * A file of shell functions in a Linux guest, by which a test works there. What fails in the guest
 * is a violation of the clause that the test is about. For one test and its thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestScript {
  private static final String COMMON = "guest.sh";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int TAIL = 5;

  private final Trial trial;
  private final Guest guest;
  private final String start;
  private final ClauseId quiet;
  private final List<Pattern> allowed = new ArrayList<>();

  /**
   * A test's way into a guest.
   *
   * @param script the file's name, as {@link #putInto} was told
   * @param quiet the clause by which Linux has nothing to complain of
   */
  public GuestScript(Trial trial, Guest guest, String script, ClauseId quiet) {
    this.trial = trial;
    this.guest = guest;
    this.start = ". /tck/%s; ".formatted(script);
    this.quiet = quiet;
  }

  /**
   * The plan with the file in it.
   *
   * @param script the file's name
   * @param content is read and closed; null where the profile has lost its resource
   */
  public static GuestPlan putInto(GuestPlan plan, String script, @Nullable InputStream content) {
    return plan.withFile(
            "/tck/" + COMMON, read(COMMON, GuestScript.class.getResourceAsStream(COMMON)))
        .withFile("/tck/" + script, read(script, content));
  }

  private static byte[] read(String name, @Nullable InputStream content) {
    try (InputStream in = Objects.requireNonNull(content, name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The call of a function, to be given marks; it may take two minutes. */
  public GuestWork work(String function, Object... arguments) {
    String words = Arrays.stream(arguments).map(GuestScript::word).collect(Collectors.joining(" "));
    return GuestWork.of("%s%s %s".formatted(start, function, words)).within(LIMIT);
  }

  private static String word(Object argument) {
    return "'" + String.valueOf(argument).replace("'", "'\\''") + "'";
  }

  /** Calls a function, which must succeed. */
  public GuestOutput run(String function, Object... arguments) {
    return run(work(function, arguments));
  }

  /** Does the work, which must succeed. */
  public GuestOutput run(GuestWork work) {
    GuestOutput output;
    try {
      output = guest.perform(work);
    } catch (GuestLost e) {
      throw lost(trial, "Linux goes on working", e);
    }
    if (output.status() != 0) {
      String said = output.value("broken").orElseGet(() -> String.join("; ", tail(output.lines())));
      throw trial.violation(
          "'%s' succeeds in Linux".formatted(work.command().replace(start, "")),
          "it ended with status %d: %s%s".formatted(output.status(), said, complaints()));
    }
    return output;
  }

  /** What the kernel says to a failure, for whoever reads of it. */
  private String complaints() {
    try {
      List<String> lines = guest.perform(work("complaints")).values("complaint");
      return lines.isEmpty() ? "" : "; Linux says: " + String.join("; ", tail(lines));
    } catch (GuestLost e) {
      return "; then " + e.getMessage();
    }
  }

  private static List<String> tail(List<String> lines) {
    return lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
  }

  /** A guest that is lost, by the clause that the test is about. */
  public static ClauseViolated lost(Trial trial, String expected, GuestLost lost) {
    return trial.violation(
        expected, lost.getMessage() + ": " + String.join("; ", lost.console()), lost);
  }

  /** What a function has said after that key, which it must have. */
  public String value(GuestOutput output, String key) {
    return output
        .value(key)
        .orElseThrow(() -> trial.violation("Linux says '%s'".formatted(key), "it does not"));
  }

  /** Compares what must be with what is. */
  public void expectEqual(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw trial.violation("%s: %s".formatted(what, expected), "%s: %s".formatted(what, actual));
    }
  }

  /** A complaint in Linux's log that the test's own doing explains. */
  public void allow(Pattern complaint) {
    allowed.add(complaint);
  }

  /** The end of every test: what the kernel has complained about. */
  public void end() {
    for (String line : run("complaints").values("complaint")) {
      if (allowed.stream().noneMatch(complaint -> complaint.matcher(line).matches())) {
        throw new ClauseViolated(quiet, "no complaint in Linux's log", line);
      }
    }
  }
}
