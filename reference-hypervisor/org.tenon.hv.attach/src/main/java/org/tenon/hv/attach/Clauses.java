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
  static final ClauseId LEASE_IS_OVER = new ClauseId("DEV", 17);
  static final ClauseId NIC_AGREEMENT_IS_SUBSET = new ClauseId("NET", 1);
  static final ClauseId NIC_AGREED_ONLY = new ClauseId("NET", 5);
  static final ClauseId QUEUE_PAIRS_EXIST = new ClauseId("NET", 9);
  static final ClauseId NOT_TOO_LONG = new ClauseId("NET", 15);
  static final ClauseId FRAME_ONCE = new ClauseId("NET", 25);
  static final ClauseId BUFFER_ONCE = new ClauseId("NET", 26);
  static final ClauseId NOTHING_ELSE_BACK = new ClauseId("NET", 27);
  static final ClauseId NIC_PREFIX = new ClauseId("NET", 28);
  static final ClauseId NIC_CALLS_RETURN = new ClauseId("NET", 29);
  static final ClauseId NIC_CALLS_QUEUE_READY = new ClauseId("NET", 30);
  static final ClauseId BUFFER_FILLED = new ClauseId("NET", 33);
  static final ClauseId PARTS_TOGETHER = new ClauseId("NET", 34);
  static final ClauseId BUFFERS_IN_ORDER = new ClauseId("NET", 35);
  static final ClauseId RETURNED_AT_REST = new ClauseId("NET", 36);
  static final ClauseId JOINED_TRULY = new ClauseId("NET", 58);
  static final ClauseId LINK_STATE_TRUE = new ClauseId("NET", 62);
  static final ClauseId QUIESCE_RETURNS_BUFFERS = new ClauseId("NET", 69);
  static final ClauseId RESET_RETURNS_ALL = new ClauseId("NET", 71);
  static final ClauseId NIC_CLOSE_RETURNS_ALL = new ClauseId("NET", 72);

  private Clauses() {}
}
