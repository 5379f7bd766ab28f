package org.tenon.samples.blocknbd;

import java.io.IOException;

/**
 * The server said what the protocol does not allow, or refused. The message is one line and holds
 * nothing secret.
 */
final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  ProtocolException(String message) {
    super(message);
  }
}
