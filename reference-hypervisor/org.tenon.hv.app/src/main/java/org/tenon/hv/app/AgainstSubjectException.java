package org.tenon.hv.app;

import org.tenon.hv.plugin.BundleException;

/** The subject's own code broke a clause before a test could run. */
final class AgainstSubjectException extends Exception {
  private static final long serialVersionUID = 1L;

  AgainstSubjectException(String message, Throwable cause) {
    super(message, cause);
  }

  AgainstSubjectException(BundleException broken) {
    super(
        broken.getMessage() + broken.clause().map(clause -> " [" + clause + "]").orElse(""),
        broken);
  }
}
