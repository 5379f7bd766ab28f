package org.tenon.tck.block.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.storage.BlockHistory;
import org.tenon.kit.testing.storage.BlockHistory.Request;
import org.tenon.kit.testing.storage.PowerCutOracle;
import org.tenon.kit.testing.storage.PowerCutOracle.Violation;
import org.tenon.kit.testing.storage.StorageFaults;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageGate;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.run.NotRun;

/** Processes that run one script on one storage and are killed. For the test's thread. */
final class KillRun implements AutoCloseable {
  private static final long BYTES = 128 << 10;
  private static final long PATIENCE_MILLIS = 20_000;

  private final BlockTrial trial;
  private final long seed;
  private final Scratch scratch;
  private final BlockGeometry geometry;
  private final BlockAgreement agreement;
  private final List<Workload.Item> items;

  /** Processes that have started already: a Java process takes its time. */
  private final Deque<VictimProcess> spares = new ArrayDeque<>();

  KillRun(BlockTrial trial) throws IOException {
    this.trial = trial;
    this.seed = trial.seed().value();
    this.scratch = trial.scratch(BYTES);
    spares.add(VictimProcess.start(trial.subject().factory()));
    Device device = trial.open(trial.harness(scratch.direct()).offer(KillScript.OFFER));
    this.geometry = device.geometry();
    this.agreement = device.agreement();
    this.items = new KillScript(seed, geometry, agreement).items();
    device.close();
  }

  /** How many requests the script has. */
  int requests() {
    return items.size();
  }

  /** What became of a process. */
  enum End {
    /** It was killed where it was meant to be. */
    KILLED,
    /** It had done everything before. */
    OVER
  }

  /**
   * A killed process.
   *
   * @param history what it had said
   * @param end how it ended
   */
  record Killed(BlockHistory history, End end) {
    /** What was submitted and not acknowledged. */
    List<BlockRequest> unanswered() {
      return history.requests().stream()
          .filter(r -> r.completed() == Ticks.NEVER)
          .map(Request::asked)
          .toList();
    }
  }

  /**
   * Runs the script in a new process, on storage that reads as zeroes, and kills it when it comes
   * to an access.
   *
   * @param access the access to the storage, from 0, which is not carried out; changes and forces
   *     count
   */
  Killed killAtAccess(int access) throws IOException, InterruptedException {
    return kill(access, Integer.MAX_VALUE);
  }

  /** The same, when it has said that it submits a request; for storage that is not seen. */
  Killed killAtRequest(int request) throws IOException, InterruptedException {
    return kill(Integer.MAX_VALUE, request);
  }

  private Killed kill(int access, int request) throws IOException, InterruptedException {
    Files.write(scratch.image(), new byte[(int) BYTES], StandardOpenOption.WRITE);
    Ticks ticks = new Ticks();
    Account account = new Account(new BlockHistory(ticks));
    try (Observed observed = scratch.observe(ticks)) {
      StorageGate gate =
          observed
              .storage()
              .faults()
              .stall(
                  StorageFaults.nth(
                      a -> a.operation() != Operation.READ, access, Integer.MAX_VALUE));
      VictimProcess victim =
          spares.isEmpty() ? VictimProcess.start(trial.subject().factory()) : spares.pop();
      try (victim) {
        victim.go(observed.reach().settings(), seed, access);
        spares.add(VictimProcess.start(trial.subject().factory()));
        Optional<End> end = follow(victim, gate, account, request);
        victim.kill().forEach(account::add);
        return new Killed(account.history, end.orElse(account.end));
      }
    }
  }

  private static Optional<End> follow(
      VictimProcess victim, StorageGate gate, Account account, int request)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (System.nanoTime() < deadline) {
      Optional<String> line = victim.next(1);
      line.ifPresent(account::add);
      if (account.end == End.OVER) {
        return Optional.of(End.OVER);
      }
      if (account.stalled
          || account.history.requests().size() > request
          || gate.awaitArrivals(1, java.time.Duration.ZERO)) {
        return Optional.of(End.KILLED);
      }
    }
    throw new NotRun(
        "the process that runs the driver did not come to access or request in time: "
            + account.last);
  }

  /** Opens the driver again, in this process, and looks whether every durable write is there. */
  void check(ClauseId clause, BlockHistory history, String when) {
    Device device = trial.open(trial.harness(scratch.direct()).offer(KillScript.OFFER));
    PowerCutOracle oracle =
        new PowerCutOracle(history, agreement, geometry.logicalBlockSize(), new byte[(int) BYTES]);
    check(clause, device, oracle, history.ticks().next(), when);
    device.close();
  }

  void check(ClauseId clause, Device device, PowerCutOracle oracle, long cut, String when) {
    byte[] content = device.read(0, KillScript.BLOCKS);
    for (int block = 0; block < KillScript.BLOCKS; block++) {
      Violation violation = oracle.judge(cut, block, content, block * geometry.logicalBlockSize());
      if (violation != null) {
        throw new ClauseViolated(
            clause,
            "block %d holds %s".formatted(block, violation.expected()),
            "%s it holds %s (which breaks %s, too)"
                .formatted(when, violation.actual(), violation.clause()));
      }
    }
  }

  Scratch scratch() {
    return scratch;
  }

  @Override
  public void close() {
    spares.forEach(VictimProcess::close);
  }

  /** What a process said. */
  private final class Account {
    private final BlockHistory history;
    private final List<Request> submitted = new ArrayList<>();
    private End end = End.KILLED;
    private boolean stalled;
    private String last = "it said nothing";

    Account(BlockHistory history) {
      this.history = history;
    }

    void add(String line) {
      last = line;
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "submit" -> {
          Workload.Item item = items.get(Integer.parseInt(words[1]));
          submitted.add(history.submitted(item.queue(), item.request()));
        }
        case "done" -> {
          Request request = submitted.get(Integer.parseInt(words[1]));
          history.completed(request, Integer.parseInt(words[2]), request.data());
        }
        case "stalled" -> stalled = true;
        case "over" -> end = End.OVER;
        case "failed" ->
            throw new NotRun("the driver cannot be run in a process of its own: " + line);
        default -> {}
      }
    }
  }
}
