package org.tenon.tck.core.run;

import java.util.SortedMap;
import org.tenon.api.Identifier;

/** What is certified. Each profile adds how its tests reach it. */
public interface Subject {
  /** What it is called; waivers name it so. */
  Identifier id();

  /**
   * How a user certifies it: a command without options, such as {@code ./tenon certify
   * samples/block-file}.
   */
  String command();

  /**
   * What is known of it before the run, for the report: version, digest, storage. Holds no secret.
   */
  SortedMap<String, String> facts();
}
