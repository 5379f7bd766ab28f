package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses for block drivers whose breach the checking host sees by itself. */
final class BlockClauses {
  static final ClauseId AGREEMENT_SUBSET = ClauseId.parse("BLK-001");
  static final ClauseId NEGOTIATE_PURE = ClauseId.parse("BLK-002");
  static final ClauseId GEOMETRY_CONSTANT = ClauseId.parse("BLK-009");
  static final ClauseId IDENTITY_CONSTANT = ClauseId.parse("BLK-014");
  static final ClauseId QUEUES_CONSTANT = ClauseId.parse("BLK-015");
  static final ClauseId NO_STRAY_BYTES = ClauseId.parse("BLK-017");
  static final ClauseId WRITE_KEEPS_MEMORY = ClauseId.parse("BLK-021");
  static final ClauseId BYTES_REPORTED = ClauseId.parse("BLK-024");
  static final ClauseId EXACTLY_ONCE = ClauseId.parse("BLK-028");
  static final ClauseId NOTHING_UNKNOWN = ClauseId.parse("BLK-029");
  static final ClauseId PREFIX = ClauseId.parse("BLK-030");
  static final ClauseId SUBMIT_DOES_NOT_BLOCK = ClauseId.parse("BLK-031");
  static final ClauseId QUEUE_READY = ClauseId.parse("BLK-033");
  static final ClauseId BATCH_IS_OVER = ClauseId.parse("BLK-034");
  static final ClauseId MEMORY_IS_OVER = ClauseId.parse("BLK-035");
  static final ClauseId CLOSE_COMPLETES = ClauseId.parse("BLK-057");
  static final ClauseId RESIZE_SHOWS = ClauseId.parse("BLK-063");
  static final ClauseId RESIZE_AGREED = ClauseId.parse("BLK-064");

  private BlockClauses() {}
}
