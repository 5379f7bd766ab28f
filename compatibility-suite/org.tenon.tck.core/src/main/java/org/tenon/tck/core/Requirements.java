package org.tenon.tck.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.api.Version;

/** The clauses of one or several files under spec/requirements, by number. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class Requirements {
  private static final String FOLDER = "org/tenon/spec/requirements/";

  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final SortedMap<ClauseId, Requirement> clauses;

  private Requirements(SortedMap<ClauseId, Requirement> clauses) {
    this.clauses = Collections.unmodifiableSortedMap(clauses);
  }

  /**
   * Reads the files that the specification's jar carries.
   *
   * @param files such as {@code driver.yaml}
   * @throws IllegalArgumentException if one is missing or malformed, or a number stands twice; the
   *     message names the file and the clause
   */
  public static Requirements of(String... files) {
    SortedMap<ClauseId, Requirement> all = new TreeMap<>();
    for (String file : files) {
      try (InputStream in =
          Requirements.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
        if (in == null) {
          throw new IllegalArgumentException(
              "spec/requirements/" + file + " is not on the class path");
        }
        addAll(all, read("spec/requirements/" + file, in));
      } catch (IOException e) {
        throw new UncheckedIOException("spec/requirements/" + file, e);
      }
    }
    return new Requirements(all);
  }

  /**
   * Reads one file.
   *
   * @param name for messages
   * @throws IllegalArgumentException if it is malformed; the message names the file and the clause
   * @throws IOException if the stream fails
   */
  static List<Requirement> read(String name, InputStream in) throws IOException {
    Document document;
    try {
      document = YAML.readValue(in, Document.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(name + ": " + e.getOriginalMessage(), e);
    }
    List<Requirement> found = new ArrayList<>();
    for (Entry entry : document.clauses()) {
      Requirement requirement = entry.toRequirement(name);
      if (!requirement.id().profile().equals(document.profile())) {
        throw new IllegalArgumentException(
            name
                + ": "
                + requirement.id()
                + " does not belong to the profile "
                + document.profile());
      }
      found.add(requirement);
    }
    addAll(new TreeMap<>(), found);
    return found;
  }

  private static void addAll(SortedMap<ClauseId, Requirement> all, List<Requirement> some) {
    for (Requirement requirement : some) {
      if (all.put(requirement.id(), requirement) != null) {
        throw new IllegalArgumentException(requirement.id() + " stands twice in spec/requirements");
      }
    }
  }

  /** All clauses, by number. */
  public Collection<Requirement> all() {
    return clauses.values();
  }

  /** The clause of that number, if there is one. */
  public Optional<Requirement> find(ClauseId id) {
    return Optional.ofNullable(clauses.get(id));
  }

  /**
   * The clause of that number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Requirement get(ClauseId id) {
    return find(id)
        .orElseThrow(() -> new IllegalArgumentException("spec/requirements has no clause " + id));
  }

  /** The file as written. */
  private record Document(String profile, String title, List<Entry> clauses) {}

  /** A clause as written. */
  private record Entry(
      String id, String level, String since, String verifiedAt, String source, String text) {
    Requirement toRequirement(String file) {
      try {
        return new Requirement(
            ClauseId.parse(id),
            Requirement.Obligation.valueOf(level),
            Version.parse(since),
            Level.valueOf(verifiedAt),
            source,
            text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + id + ": " + e.getMessage(), e);
      }
    }
  }
}
