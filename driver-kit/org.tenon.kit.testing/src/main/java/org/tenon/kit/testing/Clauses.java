package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses of spec/requirements whose breach the checking host sees by itself. */
final class Clauses {
  static final ClauseId HEALTH_ANSWERS = ClauseId.parse("DRV-006");
  static final ClauseId MIGRATION_CONSTANT = ClauseId.parse("DRV-007");
  static final ClauseId CLOSE_ALWAYS = ClauseId.parse("DRV-008");
  static final ClauseId NOTHING_LEFT = ClauseId.parse("DRV-009");
  static final ClauseId QUIESCE_COMPLETES = ClauseId.parse("DRV-010");
  static final ClauseId RESET_COMPLETES = ClauseId.parse("DRV-012");
  static final ClauseId NEVER_THROWS = ClauseId.parse("DRV-013");
  static final ClauseId OPEN_FAILS_CLEANLY = ClauseId.parse("DRV-014");
  static final ClauseId SECRETS_KEPT = ClauseId.parse("DRV-015");
  static final ClauseId THREADS_CATCH = ClauseId.parse("DRV-017");
  static final ClauseId CONTROL_DEADLINE = ClauseId.parse("DRV-019");

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

  static final ClauseId DEVICE_AGREEMENT_SUBSET = ClauseId.parse("DEV-001");
  static final ClauseId DEVICE_NEGOTIATE_PURE = ClauseId.parse("DEV-002");
  static final ClauseId FUNCTION_CONSTANT = ClauseId.parse("DEV-005");
  static final ClauseId FUNCTION_WITHIN = ClauseId.parse("DEV-006");
  static final ClauseId ACCESS_NEVER_THROWS = ClauseId.parse("DEV-010");
  static final ClauseId CALLS_RETURN = ClauseId.parse("DEV-011");
  static final ClauseId SIGNALS_AGREED = ClauseId.parse("DEV-013");
  static final ClauseId PIN_AGREED = ClauseId.parse("DEV-014");
  static final ClauseId DMA_AGREED = ClauseId.parse("DEV-015");
  static final ClauseId LEASE_IS_OVER = ClauseId.parse("DEV-017");
  static final ClauseId LEASES_GIVEN_BACK = ClauseId.parse("DEV-018");
  static final ClauseId GUEST_UNTOUCHED = ClauseId.parse("DEV-019");
  static final ClauseId REST_IS_REST = ClauseId.parse("DEV-024");

  private Clauses() {}
}
