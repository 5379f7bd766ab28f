package org.tenon.kit.testing.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.BlockHistory.Request;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOperation;

/**
 * What each logical block of a device may hold after a power cut, as the promises of {@code
 * org.tenon.spi.block} say:
 *
 * <ul>
 *   <li>A request is <em>durable</em> if it had completed as OK before the cut, and carried FUA, or
 *       was followed by a flush that was submitted after that completion and completed as OK before
 *       the cut, or the driver took no flush.
 *   <li>A block may hold what any request made of it that was submitted before the cut, unless a
 *       durable one was submitted after that request had completed. It may hold what it held at
 *       first unless a durable request changed it.
 *   <li>It holds that whole.
 *   <li>A discard may leave what was there; a later reading settles what it did.
 * </ul>
 *
 * <p>For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class PowerCutOracle {
  private static final ClauseId FLUSHED_WRITE = ClauseId.parse("BLK-038");
  private static final ClauseId FUA_WRITE = ClauseId.parse("BLK-039");
  private static final ClauseId NO_CACHE = ClauseId.parse("BLK-040");
  private static final ClauseId FLUSHED_ZEROES = ClauseId.parse("BLK-041");
  private static final ClauseId TORN = ClauseId.parse("BLK-042");
  private static final ClauseId NOWHERE = ClauseId.parse("BLK-043");
  private static final ClauseId FUA_ZEROES = ClauseId.parse("BLK-051");

  /** The smallest part in which a torn block is looked for, in bytes. */
  private static final int GRAIN = 64;

  /**
   * A content that no promise allows.
   *
   * @param clause which promise it breaks
   * @param block the logical block
   * @param expected what it may hold
   * @param actual what it holds
   */
  public record Violation(ClauseId clause, long block, String expected, String actual) {
    @Override
    public String toString() {
      return "%s block %d: expected %s; found %s".formatted(clause, block, expected, actual);
    }
  }

  private final List<Request> requests;
  private final List<Request> flushes;
  private final byte[] initial;
  private final int blockSize;
  private final boolean cached;
  private final boolean fua;
  private final Map<Long, List<Request>> byBlock = new HashMap<>();

  /**
   * For one recorded run.
   *
   * @param history what crossed the SPI
   * @param agreement what the driver took
   * @param blockSize a logical block, in bytes
   * @param initial what the device held at first, from block 0 on, as far as the run touches it
   */
  public PowerCutOracle(
      BlockHistory history, BlockAgreement agreement, int blockSize, byte[] initial) {
    this.requests = history.requests();
    this.flushes = requests.stream().filter(r -> r.operation() == BlockOperation.FLUSH).toList();
    this.initial = initial;
    this.blockSize = blockSize;
    this.cached = agreement.has(BlockCapabilities.FLUSH);
    this.fua = agreement.has(BlockCapabilities.FUA);
  }

  /**
   * Judges one block after a cut.
   *
   * @param cut the tick before which everything happened
   * @param block the logical block
   * @param content holds the block's content
   * @param at where in it that starts
   * @return what is wrong; null if nothing is
   */
  public @Nullable Violation judge(long cut, long block, byte[] content, int at) {
    List<Request> before = touching(block).stream().filter(r -> r.submitted() < cut).toList();
    List<Request> durable =
        before.stream().filter(r -> isDurable(r, cut) && settles(r, block)).toList();
    for (Request request : before) {
      if (isAllowed(request, durable) && matches(request, block, content, at)) {
        return null;
      }
    }
    if (durable.isEmpty() && equalsInitial(block, content, at)) {
      return null;
    }
    return violation(cut, block, before, durable, content, at);
  }

  private Violation violation(
      long cut, long block, List<Request> before, List<Request> durable, byte[] content, int at) {
    String expected =
        durable.isEmpty()
            ? "what it held at first, or a later request's"
            : "what " + durable.getLast() + " left, or a later request";
    for (Request request : before) {
      if (matches(request, block, content, at)) {
        return new Violation(broken(durable, cut), block, expected, "what " + request + " left");
      }
    }
    if (equalsInitial(block, content, at)) {
      return new Violation(broken(durable, cut), block, expected, "what it held at first");
    }
    if (isMixture(before, block, content, at)) {
      return new Violation(TORN, block, expected, "a mixture of several requests' data");
    }
    return new Violation(
        NOWHERE, block, expected, "data that no request wrote there: " + excerpt(content, at));
  }

  /** The promise of the durable request that is missing; of the last, where several are. */
  private ClauseId broken(List<Request> durable, long cut) {
    if (durable.isEmpty()) {
      return NOWHERE;
    }
    Request lost = durable.getLast();
    boolean write = lost.operation() == BlockOperation.WRITE;
    if (!cached) {
      return NO_CACHE;
    }
    if (isFlushed(lost, cut)) {
      return write ? FLUSHED_WRITE : FLUSHED_ZEROES;
    }
    return write ? FUA_WRITE : FUA_ZEROES;
  }

  private boolean isDurable(Request request, long cut) {
    return request.isOkBefore(cut)
        && (!cached || (fua && request.has(BlockOperation.FUA)) || isFlushed(request, cut));
  }

  private boolean isFlushed(Request request, long cut) {
    return flushes.stream()
        .anyMatch(flush -> flush.submitted() > request.completed() && flush.isOkBefore(cut));
  }

  private static boolean isAllowed(Request request, List<Request> durable) {
    return durable.stream().noneMatch(later -> later.submitted() > request.completed());
  }

  /** What a request makes of a block. */
  private enum Effect {
    DATA,
    ZEROES,
    /** A discard that was seen to leave what was there. */
    NOTHING,
    /** A discard that nobody looked at. */
    EITHER
  }

  /** Whether it replaced what was there for certain. */
  private boolean settles(Request request, long block) {
    Effect effect = effect(request, block);
    return effect == Effect.DATA || effect == Effect.ZEROES;
  }

  private Effect effect(Request request, long block) {
    return switch (request.operation()) {
      case BlockOperation.WRITE -> Effect.DATA;
      case BlockOperation.WRITE_ZEROES -> Effect.ZEROES;
      default -> discardEffect(request, block);
    };
  }

  private Effect discardEffect(Request discard, long block) {
    long next = Ticks.NEVER;
    for (Request other : touching(block)) {
      if (other != discard && other.completed() > discard.submitted()) {
        next = Math.min(next, other.submitted());
      }
    }
    for (Request read : requests) {
      if (read.operation() == BlockOperation.READ
          && read.touches(block)
          && read.isOkBefore(next)
          && read.submitted() > discard.completed()) {
        return isZero(read.data(), offset(read, block)) ? Effect.ZEROES : Effect.NOTHING;
      }
    }
    return Effect.EITHER;
  }

  private List<Request> touching(long block) {
    return byBlock.computeIfAbsent(
        block, number -> requests.stream().filter(r -> isChange(r) && r.touches(number)).toList());
  }

  private static boolean isChange(Request request) {
    return request.operation() == BlockOperation.WRITE
        || request.operation() == BlockOperation.WRITE_ZEROES
        || request.operation() == BlockOperation.DISCARD;
  }

  private boolean matches(Request request, long block, byte[] content, int at) {
    return switch (effect(request, block)) {
      case DATA -> equal(request.data(), offset(request, block), content, at, blockSize);
      case ZEROES, EITHER -> isZero(content, at);
      case NOTHING -> false;
    };
  }

  private boolean equalsInitial(long block, byte[] content, int at) {
    long offset = block * blockSize;
    return offset + blockSize <= initial.length
        && equal(initial, (int) offset, content, at, blockSize);
  }

  private int offset(Request request, long block) {
    return (int) (block - request.asked().block()) * blockSize;
  }

  /**
   * Whether every grain of the content comes from some request, or from what was there at first.
   */
  private boolean isMixture(List<Request> before, long block, byte[] content, int at) {
    List<byte[]> sources = new ArrayList<>();
    for (Request request : before) {
      sources.add(
          effect(request, block) == Effect.DATA
              ? Arrays.copyOfRange(
                  request.data(), offset(request, block), offset(request, block) + blockSize)
              : new byte[blockSize]);
    }
    if ((block + 1) * blockSize <= initial.length) {
      sources.add(
          Arrays.copyOfRange(initial, (int) block * blockSize, (int) (block + 1) * blockSize));
    }
    for (int grain = 0; grain < blockSize; grain += GRAIN) {
      int from = grain;
      if (sources.stream().noneMatch(source -> equal(source, from, content, at + from, GRAIN))) {
        return false;
      }
    }
    return true;
  }

  private boolean isZero(byte[] bytes, int at) {
    for (int i = at; i < at + blockSize; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(byte[] one, int at, byte[] other, int otherAt, int length) {
    return at + length <= one.length
        && Arrays.equals(one, at, at + length, other, otherAt, otherAt + length);
  }

  private static String excerpt(byte[] content, int at) {
    StringBuilder hex = new StringBuilder();
    for (int i = at; i < at + 16; i++) {
      hex.append("%02x".formatted(content[i]));
    }
    return hex.append('…').toString();
  }
}
