package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses for every driver whose breach a checking host sees by itself. */
final class DriverClauses {
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

  private DriverClauses() {}
}
