package org.tenon.hv.nvme;

import org.tenon.api.Status;
import org.tenon.spi.block.BlockOperation;

/**
 * Status of a completed command: status code type in bits 10:8, status code in bits 7:0 (4.6.1).
 */
final class NvmeStatus {
  static final int SUCCESS = 0x000;
  static final int INVALID_OPCODE = 0x001;
  static final int INVALID_FIELD = 0x002;
  static final int DATA_TRANSFER_ERROR = 0x004;
  static final int INTERNAL_ERROR = 0x006;
  static final int ABORT_REQUESTED = 0x007;
  static final int INVALID_NAMESPACE = 0x00b;
  static final int SEQUENCE_ERROR = 0x00c;
  static final int INVALID_SGL_SEGMENT = 0x00d;
  static final int INVALID_SGL_COUNT = 0x00e;
  static final int DATA_SGL_LENGTH = 0x00f;
  static final int SGL_TYPE = 0x011;
  static final int INVALID_PRP_OFFSET = 0x013;
  static final int WRITE_PROTECTED = 0x020;
  static final int TRANSIENT_TRANSPORT = 0x022;
  static final int LBA_OUT_OF_RANGE = 0x080;
  static final int CAPACITY_EXCEEDED = 0x081;
  static final int NAMESPACE_NOT_READY = 0x082;
  static final int RESERVATION_CONFLICT = 0x083;
  static final int INVALID_COMPLETION_QUEUE = 0x100;
  static final int INVALID_QUEUE_ID = 0x101;
  static final int INVALID_QUEUE_SIZE = 0x102;
  static final int TOO_MANY_EVENT_REQUESTS = 0x105;
  static final int INVALID_VECTOR = 0x108;
  static final int INVALID_LOG_PAGE = 0x109;
  static final int INVALID_QUEUE_DELETION = 0x10c;
  static final int NOT_SAVEABLE = 0x10d;
  static final int NOT_CHANGEABLE = 0x10e;
  static final int WRITE_FAULT = 0x280;
  static final int UNRECOVERED_READ = 0x281;
  static final int ACCESS_DENIED = 0x286;

  /** Do Not Retry, above the eleven bits of type and code. */
  private static final int DO_NOT_RETRY = 1 << 14;

  private NvmeStatus() {}

  /** The field as a completion carries it: an error in the command itself is not worth a retry. */
  static int field(int status) {
    boolean retry =
        status == SUCCESS
            || status == ABORT_REQUESTED
            || status == TRANSIENT_TRANSPORT
            || status == NAMESPACE_NOT_READY
            || status == INTERNAL_ERROR;
    return retry ? status : status | DO_NOT_RETRY;
  }

  /** What a driver's status means to the guest. */
  static int of(int driverStatus, int operation) {
    return switch (driverStatus) {
      case Status.OK -> SUCCESS;
      case Status.UNSUPPORTED -> INVALID_OPCODE;
      case Status.INVALID -> INVALID_FIELD;
      case Status.OUT_OF_RANGE -> LBA_OUT_OF_RANGE;
      case Status.READ_ONLY -> WRITE_PROTECTED;
      case Status.NO_SPACE -> CAPACITY_EXCEEDED;
      case Status.TIMEOUT -> TRANSIENT_TRANSPORT;
      case Status.ABORTED -> ABORT_REQUESTED;
      case Status.NOT_READY -> NAMESPACE_NOT_READY;
      case Status.CONFLICT -> RESERVATION_CONFLICT;
      case Status.DENIED -> ACCESS_DENIED;
      case Status.MEDIUM_ERROR, Status.IO_ERROR ->
          operation == BlockOperation.READ ? UNRECOVERED_READ : WRITE_FAULT;
      default -> INTERNAL_ERROR;
    };
  }
}
