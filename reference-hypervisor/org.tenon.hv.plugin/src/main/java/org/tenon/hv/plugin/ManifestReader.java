package org.tenon.hv.plugin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tenon.api.ClauseId;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.hv.plugin.BundleManifest.DeviceClass;
import org.tenon.hv.plugin.BundleManifest.DriverEntry;
import org.tenon.spi.Spi;

/**
 * Reads a manifest: JSON, then the SPI range, then the schema, then what a schema cannot say. The
 * range comes before the schema so that a bundle from the future is told its age and not its
 * unknown words.
 */
final class ManifestReader {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(32).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ClauseId SPI_RANGE_HOLDS = ClauseId.parse("DRV-003");

  private ManifestReader() {}

  /**
   * Reads a manifest.
   *
   * @throws BundleException if it is not one, or asks for another SPI version
   */
  static BundleManifest read(byte[] text) throws BundleException {
    JsonNode json = parse(text);
    checkSpi(json);
    ManifestSchema.check(json);
    return checked(json);
  }

  private static JsonNode parse(byte[] text) throws BundleException {
    if (text.length > BundleLimits.MANIFEST_BYTES) {
      throw new BundleException(
          "tenon-bundle.json has %d bytes; at most %d are accepted"
              .formatted(text.length, BundleLimits.MANIFEST_BYTES));
    }
    try {
      JsonNode json = JSON.readTree(text);
      if (!json.isObject()) {
        throw new BundleException(
            "tenon-bundle.json holds no JSON object; " + ManifestSchema.accepted());
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new BundleException(
          "tenon-bundle.json is no JSON%s: %s"
              .formatted(where(e), OneLine.quote(e.getOriginalMessage())),
          e);
    } catch (IOException e) {
      throw new BundleException("tenon-bundle.json is no UTF-8 text: " + OneLine.thrown(e), e);
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static void checkSpi(JsonNode json) throws BundleException {
    JsonNode range = json.path("spi");
    if (!range.isTextual()) {
      return; // the schema says it better
    }
    VersionRange asked;
    try {
      asked = VersionRange.parse(range.textValue());
    } catch (IllegalArgumentException e) {
      throw new BundleException(
          "tenon-bundle.json: spi: " + OneLine.of(String.valueOf(e.getMessage())), e);
    }
    if (!asked.contains(Spi.VERSION)) {
      boolean newer = asked.from().compareTo(Spi.VERSION) > 0;
      throw new BundleException(
          "tenon-bundle.json: spi: the bundle needs SPI %s and this Tenon speaks %s; %s"
              .formatted(
                  asked,
                  Spi.VERSION,
                  newer
                      ? "use a newer Tenon, or build the bundle for a range that contains "
                          + Spi.VERSION
                      : "build the bundle for a range that contains " + Spi.VERSION),
          SPI_RANGE_HOLDS,
          null);
    }
  }

  private static BundleManifest checked(JsonNode json) throws BundleException {
    List<DriverEntry> drivers = new ArrayList<>();
    Set<Identifier> ids = new HashSet<>();
    for (JsonNode driver : json.path("drivers")) {
      DriverEntry entry = driver(driver);
      if (!ids.add(entry.id())) {
        throw new BundleException(
            "tenon-bundle.json: drivers: '"
                + entry.id()
                + "' stands there twice; give each its own id");
      }
      drivers.add(entry);
    }
    Set<String> nativeAccess = new HashSet<>();
    json.path("nativeAccess").forEach(module -> nativeAccess.add(module.textValue()));
    return new BundleManifest(
        new Identifier(json.path("id").textValue()),
        Version.parse(json.path("version").textValue()),
        VersionRange.parse(json.path("spi").textValue()),
        json.path("vendor").asText(""),
        json.path("description").asText(""),
        nativeAccess,
        drivers);
  }

  private static DriverEntry driver(JsonNode json) {
    DeviceClass deviceClass = constant(DeviceClass.class, json.path("class"));
    return new DriverEntry(
        new Identifier(json.path("id").textValue()),
        deviceClass,
        json.path("description").asText(""),
        Optional.of(json.path("certify"))
            .filter(JsonNode::isObject)
            .map(certify -> provision(deviceClass, certify)));
  }

  private static Provision provision(DeviceClass deviceClass, JsonNode json) {
    Map<String, String> settings = texts(json.path("settings"));
    return switch (deviceClass) {
      case BLOCK ->
          new Provision.Storage(
              constant(Provision.StorageKind.class, json.path("storage")),
              json.path("setting").textValue(),
              settings);
      case NET ->
          new Provision.Wire(
              constant(Provision.WireKind.class, json.path("wire")),
              texts(json.path("given")),
              settings);
      case DEVICE, SWITCH -> new Provision.SettingsOnly(settings);
    };
  }

  private static <E extends Enum<E>> E constant(Class<E> of, JsonNode word) {
    return Enum.valueOf(of, word.textValue().toUpperCase(Locale.ROOT));
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().textValue()));
    return texts;
  }
}
