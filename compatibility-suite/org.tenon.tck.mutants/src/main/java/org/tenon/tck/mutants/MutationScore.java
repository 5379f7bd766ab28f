package org.tenon.tck.mutants;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tenon.api.ClauseId;
import org.tenon.tck.core.Seed;

/**
 * How many of the broken drivers the suite caught.
 *
 * @param seed where the run's random choices came from
 * @param results a result for each mutant
 */
public record MutationScore(Seed seed, List<Result> results) {
  /** Copies the list. */
  public MutationScore {
    results = List.copyOf(results);
  }

  /**
   * What became of a mutant.
   *
   * @param mutant which one
   * @param named the clauses that the suite named
   * @param finding what it said, in one line
   * @param took how long it ran
   */
  public record Result(Mutant mutant, Set<ClauseId> named, String finding, Duration took) {
    /** Copies the set. */
    public Result {
      named = Collections.unmodifiableSet(new TreeSet<>(named));
    }

    /** Whether the suite named a clause that the mutant breaks; another clause does not count. */
    public boolean caught() {
      return named.stream().anyMatch(mutant.clauses()::contains);
    }

    @Override
    public String toString() {
      return "%-8s %-26s %5d ms  %s"
          .formatted(caught() ? "caught" : "SURVIVED", mutant.id(), took.toMillis(), finding);
    }
  }

  /** How many were caught. */
  public long caught() {
    return results.stream().filter(Result::caught).count();
  }

  /** Those that were not. */
  public List<Result> survivors() {
    return results.stream().filter(result -> !result.caught()).toList();
  }

  /** Writes the score for publication. */
  public void writeTo(Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("mutants", results.size()).put("caught", caught()).put("seed", seed.toString());
    ArrayNode all = root.putArray("results");
    for (Result result : results) {
      ObjectNode entry = all.addObject();
      entry.put("id", result.mutant().id().value()).put("defect", result.mutant().defect());
      ArrayNode breaks = entry.putArray("breaks");
      result.mutant().clauses().forEach(clause -> breaks.add(clause.toString()));
      ArrayNode named = entry.putArray("named");
      result.named().forEach(clause -> named.add(clause.toString()));
      entry.put("caught", result.caught()).put("finding", result.finding());
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  @Override
  public String toString() {
    return "%d of %d broken drivers were caught".formatted(caught(), results.size());
  }
}
