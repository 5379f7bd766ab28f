package org.tenon.kit.testing.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.block.BlockOperation;

/**
 * When a driver misbehaves, and how. A script counts requests in the order in which they are
 * offered; one that the driver refuses counts again. The first rule that picks a request decides.
 * The same seed and the same order of submissions give the same faults. Filled by one thread, then
 * safe for any.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class FaultScript {
  /** The control calls that a script can pick. */
  public enum Control {
    /** {@link org.tenon.spi.Driver#start()}. */
    START,
    /** {@link org.tenon.spi.Driver#quiesce()}. */
    QUIESCE,
    /** {@link org.tenon.spi.Driver#resume()}. */
    RESUME,
    /** {@link org.tenon.spi.Driver#reset()}. */
    RESET,
    /** {@link org.tenon.spi.Driver#close()}. */
    CLOSE
  }

  private final Random random;
  private final List<Rule> rules = new ArrayList<>();
  private final List<ControlRule> controls = new ArrayList<>();

  private FaultScript(long seed) {
    this.random = new Random(seed);
  }

  /** A script in which nothing goes wrong yet. */
  public static FaultScript seeded(long seed) {
    return new FaultScript(seed);
  }

  /**
   * The {@code n}-th request from now.
   *
   * @param n from 1
   */
  public FaultScript onRequest(int n, Injection injection) {
    return add(new Rule(request -> true, Trigger.nth(n), injection));
  }

  /**
   * The {@code n}-th request of that operation from now.
   *
   * @param operation a code of {@link BlockOperation}
   * @param n from 1
   */
  public FaultScript onOperation(int operation, int n, Injection injection) {
    return add(new Rule(request -> request.operation() == operation, Trigger.nth(n), injection));
  }

  /** Every request that touches the block. */
  public FaultScript onBlock(long block, Injection injection) {
    Predicate<Request> touches =
        request -> request.block() <= block && block - request.block() < request.blocks();
    return add(new Rule(touches, count -> true, injection));
  }

  /**
   * About one request in {@code n}, as the seed says.
   *
   * @param n from 1
   */
  public FaultScript oneIn(int n, Injection injection) {
    return add(new Rule(request -> true, count -> random.nextInt(n) == 0, injection));
  }

  /**
   * Every call of that kind. Of the injections, {@code Hang}, {@code Throw} and {@code Exit} apply.
   */
  public FaultScript onControl(Control call, Injection injection) {
    controls.add(new ControlRule(call, injection));
    return this;
  }

  private FaultScript add(Rule rule) {
    rules.add(rule);
    return this;
  }

  /** What happens to this request; null for nothing. */
  synchronized @Nullable Injection pick(Request request) {
    Injection picked = null;
    for (Rule rule : rules) {
      if (rule.picks(request) && picked == null) {
        picked = rule.injection;
      }
    }
    return picked;
  }

  /** What happens to this call; null for nothing. */
  @Nullable Injection pick(Control call) {
    for (ControlRule rule : controls) {
      if (rule.call == call) {
        return rule.injection;
      }
    }
    return null;
  }

  /** A number below {@code bound} that the seed gives. */
  synchronized int next(int bound) {
    return random.nextInt(bound);
  }

  /** What a rule can see of a request. */
  record Request(int operation, long block, int blocks) {}

  /** Decides by how many requests a rule has matched so far, this one included. */
  private interface Trigger {
    boolean fires(int count);

    static Trigger nth(int n) {
      return count -> count == n;
    }
  }

  private record ControlRule(Control call, Injection injection) {}

  /** One line of the script; counts its matches. */
  private static final class Rule {
    private final Predicate<Request> matches;
    private final Trigger trigger;
    private final Injection injection;
    private int count;

    Rule(Predicate<Request> matches, Trigger trigger, Injection injection) {
      this.matches = matches;
      this.trigger = trigger;
      this.injection = injection;
    }

    boolean picks(Request request) {
      return matches.test(request) && trigger.fires(++count);
    }
  }
}
