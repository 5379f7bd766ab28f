package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses for NIC drivers whose breach the checking host sees by itself. */
final class NicClauses {
  static final ClauseId AGREEMENT_SUBSET = ClauseId.parse("NET-001");
  static final ClauseId NEGOTIATE_PURE = ClauseId.parse("NET-002");
  static final ClauseId AGREED_ONLY = ClauseId.parse("NET-005");
  static final ClauseId PROPERTIES_CONSTANT = ClauseId.parse("NET-007");
  static final ClauseId LINK_TOLD = ClauseId.parse("NET-008");
  static final ClauseId PAIRS_CONSTANT = ClauseId.parse("NET-009");
  static final ClauseId TOO_LONG = ClauseId.parse("NET-015");
  static final ClauseId NO_STRAY_BYTES = ClauseId.parse("NET-018");
  static final ClauseId SENDING_KEEPS_MEMORY = ClauseId.parse("NET-019");
  static final ClauseId FRAMES_ONCE = ClauseId.parse("NET-025");
  static final ClauseId BUFFERS_ONCE = ClauseId.parse("NET-026");
  static final ClauseId NOTHING_UNKNOWN = ClauseId.parse("NET-027");
  static final ClauseId PREFIX = ClauseId.parse("NET-028");
  static final ClauseId DOES_NOT_BLOCK = ClauseId.parse("NET-029");
  static final ClauseId QUEUE_READY = ClauseId.parse("NET-030");
  static final ClauseId BATCH_IS_OVER = ClauseId.parse("NET-031");
  static final ClauseId MEMORY_IS_OVER = ClauseId.parse("NET-032");
  static final ClauseId BYTES_RECEIVED = ClauseId.parse("NET-033");
  static final ClauseId PARTS_FOLLOW = ClauseId.parse("NET-034");
  static final ClauseId BUFFERS_IN_ORDER = ClauseId.parse("NET-035");
  static final ClauseId RETURNED_AT_REST = ClauseId.parse("NET-036");
  static final ClauseId COUNTERS_GROW = ClauseId.parse("NET-067");
  static final ClauseId QUIESCE_RETURNS = ClauseId.parse("NET-069");
  static final ClauseId RESET_RETURNS = ClauseId.parse("NET-071");
  static final ClauseId CLOSE_RETURNS = ClauseId.parse("NET-072");

  private NicClauses() {}
}
