package org.tenon.spi.block;

import org.tenon.api.Stability;

/**
 * What a request asks for, as an {@code int}. The codes are open: a driver completes one that it
 * does not know, or that was not agreed, as {@link org.tenon.api.Status#UNSUPPORTED}.
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public final class BlockOperation {
  /**
   * Reads {@code blocks} from {@code block} into the segments, which the driver writes from front
   * to back.
   */
  public static final int READ = 1;

  /**
   * Writes {@code blocks} from {@code block} out of the segments. {@link #FUA} makes it durable at
   * completion.
   */
  public static final int WRITE = 2;

  /**
   * Makes every write, discard and write-zeroes durable that was completed, on any queue, before
   * this was submitted. No blocks, no segments. Needs {@link BlockCapabilities#FLUSH}.
   */
  public static final int FLUSH = 3;

  /**
   * Gives {@code blocks} from {@code block} back to the storage. They then read as zeroes or as
   * before, the same at every reading, and never as what an earlier write left there before the
   * last one. No segments. Needs {@link BlockCapabilities#DISCARD}.
   */
  public static final int DISCARD = 4;

  /**
   * Makes {@code blocks} from {@code block} read as zeroes. No segments. {@link #MAY_UNMAP} and
   * {@link #FUA} apply. Needs {@link BlockCapabilities#WRITE_ZEROES}.
   */
  public static final int WRITE_ZEROES = 5;

  /**
   * Flag: the request's effect is durable when it completes. Needs {@link BlockCapabilities#FUA}.
   */
  public static final int FUA = 1;

  /**
   * Flag of {@link #WRITE_ZEROES}: the storage may be given back as long as the blocks read as
   * zeroes.
   */
  public static final int MAY_UNMAP = 2;

  private BlockOperation() {}

  /** The operation in words, for people: its name, or its number where it has none. */
  public static String name(int operation) {
    return switch (operation) {
      case READ -> "READ";
      case WRITE -> "WRITE";
      case FLUSH -> "FLUSH";
      case DISCARD -> "DISCARD";
      case WRITE_ZEROES -> "WRITE_ZEROES";
      default -> "OPERATION(" + operation + ")";
    };
  }
}
