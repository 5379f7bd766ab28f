package org.tenon.kit.testing.storage;

/** The numbers of the NBD protocol that a proxy must know (the NBD project's doc/proto.md). */
final class Nbd {
  static final long NBDMAGIC = 0x4e42444d41474943L;
  static final long IHAVEOPT = 0x49484156454F5054L;
  static final long OPTION_REPLY = 0x0003e889045565a9L;
  static final int REQUEST = 0x25609513;
  static final int SIMPLE_REPLY = 0x67446698;
  static final int STRUCTURED_REPLY = 0x668e33ef;

  static final int FLAG_NO_ZEROES = 2;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_STARTTLS = 5;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_EXTENDED_HEADERS = 11;

  static final int REP_ACK = 1;
  static final int REP_INFO = 3;
  static final int REP_ERR_UNSUP = 0x8000_0001;
  static final int INFO_EXPORT = 0;

  /** The transmission flag of servers whose flush covers every connection. */
  static final int CAN_MULTI_CONN = 1 << 8;

  static final int CMD_READ = 0;
  static final int CMD_WRITE = 1;
  static final int CMD_DISC = 2;
  static final int CMD_FLUSH = 3;
  static final int CMD_TRIM = 4;
  static final int CMD_WRITE_ZEROES = 6;
  static final int CMD_FLAG_FUA = 1;

  static final int REPLY_FLAG_DONE = 1;
  static final int REPLY_TYPE_ERROR = 0x8001;
  static final int REPLY_TYPE_ERROR_BIT = 0x8000;

  /** The longest option, reply or write that is passed on, in bytes. */
  static final int MAX_PAYLOAD = 64 << 20;

  private Nbd() {}
}
