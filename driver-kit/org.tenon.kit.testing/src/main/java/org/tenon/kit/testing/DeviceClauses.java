package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses for PCI functions whose breach the checking host sees by itself. */
final class DeviceClauses {
  static final ClauseId AGREEMENT_SUBSET = ClauseId.parse("DEV-001");
  static final ClauseId NEGOTIATE_PURE = ClauseId.parse("DEV-002");
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

  private DeviceClauses() {}
}
