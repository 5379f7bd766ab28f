package org.tenon.hv.app.speed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times guests by the lines that they print. */
public final class SpeedBench {
  private SpeedBench() {}

  /**
   * A kernel's times.
   *
   * @param seconds one for each round
   * @param checksum what it computed
   */
  public record Rounds(List<Double> seconds, String checksum) {
    /** Copies the list. */
    public Rounds {
      seconds = List.copyOf(seconds);
    }

    /** The middle one. */
    public double median() {
      return SpeedBench.median(seconds);
    }
  }

  /** The middle value; of an even number the mean of the two. */
  public static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /**
   * Runs the image of {@link KernelImage}: the rounds of each kernel.
   *
   * @param warmUp how many rounds of each do not count
   */
  public static Map<String, Rounds> kernels(Contender contender, Path image, int warmUp)
      throws SpeedException {
    Map<String, List<Double>> seconds = new LinkedHashMap<>();
    Map<String, String> checksums = new LinkedHashMap<>();
    try (ConsoleReader console = contender.start(image, List.of())) {
      long began = 0;
      for (String line = console.next(); line != null; line = console.next()) {
        List<String> words = Arrays.asList(line.split(" ", -1));
        if (words.size() == 2 && words.get(0).equals("begin")) {
          began = console.when();
        } else if (words.size() == 3 && words.get(0).equals("end")) {
          seconds
              .computeIfAbsent(words.get(1), name -> new ArrayList<>())
              .add((console.when() - began) / 1e9);
          String first = checksums.putIfAbsent(words.get(1), words.get(2));
          if (first != null && !first.equals(words.get(2))) {
            throw new SpeedException(
                "%s computes %s differently each time".formatted(contender.name(), words.get(1)));
          }
        }
      }
    }
    if (seconds.isEmpty()) {
      throw new SpeedException(contender.name() + " did not run the kernels");
    }
    Map<String, Rounds> rounds = new LinkedHashMap<>();
    seconds.forEach((name, times) ->
        rounds.put(
            name,
            new Rounds(
                times.subList(Math.min(warmUp, times.size() - 1), times.size()),
                checksums.getOrDefault(name, ""))));
    return rounds;
  }

  /** Boots a guest until its first line from user space; the seconds since the start. */
  public static double boot(Contender contender, Path kernel, Path initrd, String mark)
      throws SpeedException {
    List<String> options =
        List.of(
            contender.initrd(),
            initrd.toString(),
            contender.append(),
            "console=ttyS0 tenon.exec=true");
    try (ConsoleReader console = contender.start(kernel, options)) {
      for (String line = console.next(); line != null; line = console.next()) {
        if (line.contains(mark)) {
          return console.when() / 1e9;
        }
      }
    }
    throw new SpeedException(
        "%s: the guest ended before its first process said \"%s\""
            .formatted(contender.name(), mark));
  }
}
