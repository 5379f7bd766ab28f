package org.tenon.tck.core.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;

/**
 * The waivers of a file, the only way to excuse a clause:
 *
 * <pre>{@code
 * waivers:
 *   - clause: BLK-062
 *     driver: block-array-x
 *     owner: storage-team@example.com
 *     reason: firmware 4.2 reports a full pool as EIO; mended in 4.3
 *     expires: "2027-03-31"
 * }</pre>
 *
 * @param all in the order of the file
 */
public record Waivers(List<Waiver> all) {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** Copies the list. */
  public Waivers {
    all = List.copyOf(all);
  }

  /** No waivers. */
  public static Waivers none() {
    return new Waivers(List.of());
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is malformed; the message names the file and the entry
   * @throws IOException if it cannot be read
   */
  public static Waivers read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new Waivers(
          YAML.readValue(in, Document.class).waivers().stream()
              .map(entry -> entry.toWaiver(file))
              .toList());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
    }
  }

  /** The waiver of a clause for a driver that holds on a day, if there is one. */
  public Optional<Waiver> find(ClauseId clause, Identifier driver, LocalDate day) {
    return all.stream()
        .filter(waiver ->
            waiver.clause().equals(clause) && waiver.driver().equals(driver) && waiver.holdsOn(day))
        .findFirst();
  }

  /** The waivers for a driver that no longer hold. */
  public List<Waiver> expired(Identifier driver, LocalDate day) {
    return all.stream()
        .filter(waiver -> waiver.driver().equals(driver) && !waiver.holdsOn(day))
        .toList();
  }

  /** The file as written. */
  private record Document(List<Entry> waivers) {}

  /** A waiver as written. */
  private record Entry(String clause, String driver, String owner, String reason, String expires) {
    Waiver toWaiver(Path file) {
      try {
        return new Waiver(
            ClauseId.parse(clause),
            new Identifier(driver),
            owner,
            reason,
            LocalDate.parse(expires));
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new IllegalArgumentException(
            file + ": waiver of " + clause + ": " + e.getMessage(), e);
      }
    }
  }
}
