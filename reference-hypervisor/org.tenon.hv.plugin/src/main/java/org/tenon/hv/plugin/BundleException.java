package org.tenon.hv.plugin;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;

/**
 * Why a bundle is refused. The message is one line: what is wrong, where, and what would have been
 * accepted; it holds no control character, whatever the bundle contained.
 */
public final class BundleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ClauseId clause;

  BundleException(String message) {
    this(message, null, null);
  }

  BundleException(String message, @Nullable Throwable cause) {
    this(message, null, cause);
  }

  BundleException(String message, @Nullable ClauseId clause, @Nullable Throwable cause) {
    super(OneLine.of(message), cause);
    this.clause = clause;
  }

  /**
   * The clause of spec/requirements that the bundle's code broke; empty where the input is no
   * bundle that this version can judge.
   */
  public Optional<ClauseId> clause() {
    return Optional.ofNullable(clause);
  }
}
