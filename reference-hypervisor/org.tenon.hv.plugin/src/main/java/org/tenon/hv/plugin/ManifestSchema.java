package org.tenon.hv.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tenon.api.ClauseId;

/** The published schema of manifests, and its verdicts in words that say what would be accepted. */
final class ManifestSchema {
  private static final String RESOURCE = "/org/tenon/spec/schemas/bundle-manifest.schema.json";
  private static final ClauseId FOLLOWS_SCHEMA = ClauseId.parse("DRV-001");

  private static final JsonNode TEXT = load();
  private static final Schema SCHEMA =
      SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(TEXT);

  private ManifestSchema() {}

  /**
   * Compares a manifest with the schema.
   *
   * @throws BundleException naming the first place that does not follow it
   */
  static void check(JsonNode manifest) throws BundleException {
    List<Error> errors = SCHEMA.validate(manifest);
    if (errors.isEmpty()) {
      return;
    }
    Error first =
        errors.stream()
            .min(Comparator.comparing(error -> error.getInstanceLocation().toString()))
            .orElseThrow();
    String more = errors.size() == 1 ? "" : " (and %d more)".formatted(errors.size() - 1);
    throw new BundleException("tenon-bundle.json: " + describe(first) + more, FOLLOWS_SCHEMA, null);
  }

  /** The words that an object at the top of a manifest has, for error messages. */
  static String accepted() {
    return "accepted: " + names(TEXT);
  }

  private static String describe(Error error) {
    String rule = error.getSchemaLocation().getFragment().toString();
    JsonNode around = TEXT.at(rule.substring(0, rule.lastIndexOf('/')));
    String place = place(error);
    return switch (error.getKeyword()) {
      case "additionalProperties" ->
          "%sunknown word %s; accepted: %s"
              .formatted(place, OneLine.quote(error.getProperty()), names(around));
      case "required" ->
          "%s'%s' is missing; needed: %s"
              .formatted(
                  place, error.getProperty(), String.join(", ", texts(around.path("required"))));
      case "enum" ->
          "%s%s is not known; accepted: %s"
              .formatted(place, value(error), String.join(", ", texts(around.path("enum"))));
      case "const" ->
          "%s%s is not known; accepted: %s".formatted(place, value(error), around.path("const"));
      case "type" ->
          "%s%s is no %s; accepted: %s"
              .formatted(place, value(error), around.path("type").textValue(), description(around));
      default ->
          "%s%s does not fit (%s); accepted: %s"
              .formatted(place, value(error), error.getKeyword(), description(around));
    };
  }

  private static String place(Error error) {
    String pointer = error.getInstanceLocation().toString();
    return pointer.isEmpty() ? "" : OneLine.quote(pointer.substring(1)) + ": ";
  }

  private static String value(Error error) {
    JsonNode value = error.getInstanceNode();
    return OneLine.quote(value.isValueNode() ? value.asText() : value.toString());
  }

  private static String description(JsonNode schema) {
    return schema.path("description").asText(schema.path("type").asText("what the schema says"));
  }

  private static String names(JsonNode schema) {
    List<String> names = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    return String.join(", ", names);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static JsonNode load() {
    try (InputStream in = ManifestSchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            RESOURCE + " is missing: org.tenon.spec must be on the path");
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
