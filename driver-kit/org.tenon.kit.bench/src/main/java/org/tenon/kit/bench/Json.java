package org.tenon.kit.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;

/** Reports for machines. */
final class Json {
  private Json() {}

  /** One object, indented. */
  static String of(Map<String, Object> values) {
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts always become JSON", e);
    }
  }
}
