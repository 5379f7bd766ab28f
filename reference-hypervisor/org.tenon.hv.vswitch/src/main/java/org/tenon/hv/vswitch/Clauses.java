package org.tenon.hv.vswitch;

import org.tenon.api.ClauseId;

/** The clauses of spec/requirements whose breach is seen here. */
final class Clauses {
  static final ClauseId NO_METHOD_THROWS = new ClauseId("DRV", 13);
  static final ClauseId CONTROL_DEADLINE = new ClauseId("DRV", 19);
  static final ClauseId FORWARD_RETURNS = new ClauseId("SWX", 9);

  private Clauses() {}
}
