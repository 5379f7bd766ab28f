package org.tenon.hv.attach;

import org.tenon.api.ClauseId;

/** The clauses of spec/requirements whose breach is seen here. */
final class Clauses {
  static final ClauseId TIMERS_AND_THREADS_END = new ClauseId("DRV", 9);
  static final ClauseId QUIESCE_COMPLETES_ALL = new ClauseId("DRV", 10);
  static final ClauseId RESET_COMPLETES_ALL = new ClauseId("DRV", 12);
  static final ClauseId NO_METHOD_THROWS = new ClauseId("DRV", 13);
  static final ClauseId OWN_THREADS_CATCH = new ClauseId("DRV", 17);
  static final ClauseId CONTROL_DEADLINE = new ClauseId("DRV", 19);
  static final ClauseId AGREEMENT_IS_SUBSET = new ClauseId("BLK", 1);
  static final ClauseId QUEUES_EXIST = new ClauseId("BLK", 15);
  static final ClauseId WHOLE_LENGTH = new ClauseId("BLK", 24);
  static final ClauseId EXACTLY_ONCE = new ClauseId("BLK", 28);
  static final ClauseId NOTHING_ELSE_COMPLETED = new ClauseId("BLK", 29);
  static final ClauseId PREFIX = new ClauseId("BLK", 30);
  static final ClauseId SUBMIT_RETURNS = new ClauseId("BLK", 31);
  static final ClauseId CALLS_QUEUE_READY = new ClauseId("BLK", 33);
  static final ClauseId CLOSE_COMPLETES_ALL = new ClauseId("BLK", 57);
  static final ClauseId GEOMETRY_FOLLOWS_RESIZE = new ClauseId("BLK", 63);
  static final ClauseId NO_RESIZE_UNAGREED = new ClauseId("BLK", 64);
  static final ClauseId DEVICE_AGREEMENT_IS_SUBSET = new ClauseId("DEV", 1);
  static final ClauseId FUNCTION_WITHIN_AGREEMENT = new ClauseId("DEV", 6);
  static final ClauseId ACCESS_NEVER_THROWS = new ClauseId("DEV", 10);
  static final ClauseId ACCESS_RETURNS = new ClauseId("DEV", 11);
  static final ClauseId SIGNALS_AS_AGREED = new ClauseId("DEV", 13);
  static final ClauseId PIN_AS_AGREED = new ClauseId("DEV", 14);
  static final ClauseId DMA_AS_AGREED = new ClauseId("DEV", 15);

  private Clauses() {}
}
