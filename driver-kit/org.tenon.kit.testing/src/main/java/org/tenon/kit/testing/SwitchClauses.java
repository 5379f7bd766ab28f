package org.tenon.kit.testing;

import org.tenon.api.ClauseId;

/** The clauses for extensions of a switch whose breach the checking host sees by itself. */
final class SwitchClauses {
  static final ClauseId VIEWS_ARE_OVER = ClauseId.parse("SWX-001");
  static final ClauseId PORT_IS_GONE = ClauseId.parse("SWX-006");
  static final ClauseId FORWARD_RETURNS = ClauseId.parse("SWX-009");

  private SwitchClauses() {}
}
