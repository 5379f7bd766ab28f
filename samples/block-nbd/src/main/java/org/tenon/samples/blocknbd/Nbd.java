package org.tenon.samples.blocknbd;

/**
 * The numbers of the NBD protocol, by the names of its public description (NetworkBlockDevice/nbd,
 * doc/proto.md). All numbers travel in network byte order.
 */
final class Nbd {
  static final int PORT = 10809;

  static final long NBDMAGIC = 0x4e42444d41474943L;
  static final long IHAVEOPT = 0x49484156454F5054L;
  static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  static final int FLAG_FIXED_NEWSTYLE = 1;
  static final int FLAG_NO_ZEROES = 1 << 1;

  static final int OPT_STARTTLS = 5;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;

  static final int REP_ACK = 1;
  static final int REP_INFO = 3;
  static final int REP_ERR = 1 << 31;
  static final int REP_ERR_UNSUP = REP_ERR | 1;
  static final int REP_ERR_POLICY = REP_ERR | 2;
  static final int REP_ERR_TLS_REQD = REP_ERR | 5;
  static final int REP_ERR_UNKNOWN = REP_ERR | 6;
  static final int REP_ERR_SHUTDOWN = REP_ERR | 7;

  static final int INFO_EXPORT = 0;
  static final int INFO_BLOCK_SIZE = 3;

  static final int FLAG_HAS_FLAGS = 1;
  static final int FLAG_READ_ONLY = 1 << 1;
  static final int FLAG_SEND_FLUSH = 1 << 2;
  static final int FLAG_SEND_FUA = 1 << 3;
  static final int FLAG_SEND_TRIM = 1 << 5;
  static final int FLAG_SEND_WRITE_ZEROES = 1 << 6;
  static final int FLAG_CAN_MULTI_CONN = 1 << 8;

  static final int CMD_READ = 0;
  static final int CMD_WRITE = 1;
  static final int CMD_DISC = 2;
  static final int CMD_FLUSH = 3;
  static final int CMD_TRIM = 4;
  static final int CMD_WRITE_ZEROES = 6;

  static final int CMD_FLAG_FUA = 1;
  static final int CMD_FLAG_NO_HOLE = 1 << 1;

  static final int REPLY_FLAG_DONE = 1;
  static final int REPLY_TYPE_NONE = 0;
  static final int REPLY_TYPE_OFFSET_DATA = 1;
  static final int REPLY_TYPE_OFFSET_HOLE = 2;
  static final int REPLY_TYPE_ERROR_BIT = 1 << 15;

  static final int EPERM = 1;
  static final int ENOSPC = 28;
  static final int ENOTSUP = 95;
  static final int ESHUTDOWN = 108;

  /** The longest string of the protocol, in bytes. */
  static final int MAX_STRING = 4096;

  static final int REQUEST_BYTES = 28;

  private Nbd() {}
}
