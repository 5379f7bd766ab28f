package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * What goes wrong in an observed storage: a script of rules, of which the first that matches an
 * access is carried out. Rules may be added and cleared while the driver runs. Safe for use by any
 * thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class StorageFaults {
  /** What a driver asks of its storage. */
  public enum Operation {
    /** Reads bytes. */
    READ,
    /** Writes bytes. */
    WRITE,
    /** Makes a range read as zeroes, or gives it back. */
    ZERO,
    /** Demands durability. */
    FORCE,
    /** Changes a length. */
    RESIZE
  }

  /**
   * One access, before the storage sees it.
   *
   * @param operation what is asked
   * @param file the file's number
   * @param offset where it starts, in bytes
   * @param length how long it is, in bytes
   */
  public record Access(Operation operation, int file, long offset, long length) {}

  /** How an access fails. */
  public enum Failure {
    /** EIO: the medium failed. */
    INPUT_OUTPUT("Input/output error", 5),
    /** ENOSPC: the storage is full. */
    NO_SPACE("No space left on device", 28);

    private final String message;
    private final int errno;

    Failure(String message, int errno) {
      this.message = message;
      this.errno = errno;
    }

    /** The error number of NBD and of Linux. */
    int errno() {
      return errno;
    }

    /** The exception that the JDK throws for it. */
    IOException exception() {
      return new IOException(message);
    }
  }

  /**
   * What the storage shall do with an access: fail it if {@code failure} is set, else move {@code
   * limit} bytes at most.
   */
  record Verdict(@Nullable Failure failure, long limit) {
    static final Verdict PASS = new Verdict(null, Long.MAX_VALUE);
  }

  private record Rule(Predicate<Access> which, Verdict verdict, @Nullable StorageGate gate) {}

  private final List<Rule> rules = new CopyOnWriteArrayList<>();

  /** No faults. */
  public StorageFaults() {}

  /** Every access that matches fails. */
  public void fail(Predicate<Access> which, Failure failure) {
    rules.add(new Rule(which, new Verdict(failure, 0), null));
  }

  /**
   * Every read or write that matches moves {@code limit} bytes at most, from 1, as operating
   * systems may.
   */
  public void shorten(Predicate<Access> which, long limit) {
    rules.add(new Rule(which, new Verdict(null, limit), null));
  }

  /**
   * Every access that matches waits at the gate, before the storage sees it, until the gate is
   * opened.
   */
  public StorageGate stall(Predicate<Access> which) {
    StorageGate gate = new StorageGate(Duration.ofDays(1));
    rules.add(new Rule(which, Verdict.PASS, gate));
    return gate;
  }

  /** Every access that matches takes {@code delay} longer. */
  public void delay(Predicate<Access> which, Duration delay) {
    rules.add(new Rule(which, Verdict.PASS, new StorageGate(delay)));
  }

  /**
   * One access in {@code oneIn} goes wrong, by chance: it fails with EIO, or moves fewer bytes.
   *
   * @param random seeded by the test
   */
  public void scatter(RandomGenerator random, int oneIn) {
    fail(a -> chance(random, oneIn * 2), Failure.INPUT_OUTPUT);
    shorten(a -> a.length() > 1 && chance(random, oneIn * 2), 1);
  }

  /** Nothing goes wrong any longer; who waits at a gate goes on. */
  public void clear() {
    List<Rule> gone = new ArrayList<>(rules);
    rules.clear();
    for (Rule rule : gone) {
      if (rule.gate() != null) {
        rule.gate().open();
      }
    }
  }

  /** Asked by the storage before each access; waits where the script says so. */
  Verdict judge(Operation operation, int file, long offset, long length) throws IOException {
    if (rules.isEmpty()) {
      return Verdict.PASS;
    }
    Access access = new Access(operation, file, offset, length);
    for (Rule rule : rules) {
      if (rule.which().test(access)) {
        if (rule.gate() != null) {
          rule.gate().pass();
        }
        return rule.verdict();
      }
    }
    return Verdict.PASS;
  }

  /**
   * A predicate that matches from the access numbered {@code first} on, {@code count} times; counts
   * from 0.
   */
  public static Predicate<Access> nth(Predicate<Access> which, int first, int count) {
    return new Predicate<>() {
      private int seen;

      @Override
      public synchronized boolean test(Access access) {
        if (!which.test(access)) {
          return false;
        }
        int number = seen++;
        return number >= first && number - first < count;
      }
    };
  }

  /** A predicate for one kind of access. */
  public static Predicate<Access> each(Operation operation) {
    return access -> access.operation() == operation;
  }

  private static boolean chance(RandomGenerator random, int oneIn) {
    synchronized (random) {
      return random.nextInt(oneIn) == 0;
    }
  }
}
