package org.tenon.tck.block.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.tenon.api.Fault;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.BlockHistory;
import org.tenon.kit.testing.storage.BlockHistory.Request;
import org.tenon.kit.testing.storage.CrashImage;
import org.tenon.kit.testing.storage.ObservedStorage;
import org.tenon.kit.testing.storage.PowerCut;
import org.tenon.kit.testing.storage.PowerCutOracle;
import org.tenon.kit.testing.storage.PowerCutOracle.Violation;
import org.tenon.kit.testing.storage.StorageEvent;
import org.tenon.kit.testing.storage.StorageImage;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTrial;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.ClauseViolated;
import org.tenon.tck.core.evidence.CrashImages;
import org.tenon.tck.core.run.NotRun;

/**
 * One recorded workload and the power cuts that are played on it. For the test's thread.
 *
 * <p>Cuts lie after every completion and between the accesses to the storage; where there are more
 * than {@value #MOST_CUTS}, those after a completion of a flush or of a durable write come first
 * and the others by chance.
 */
final class PowerCutRun {
  /** How many moments of one run the power is cut at. */
  static final int MOST_CUTS = 24;

  /** How many images of one cut are opened. */
  static final int MOST_IMAGES = 24;

  /** The scratch device, in bytes. */
  static final long BYTES = 128 << 10;

  private static final BlockOffer LOOKING = BlockOffer.of(Set.of(), 1, 8);

  private final BlockTrial trial;
  private final String name;
  private final Scratch scratch;
  private final Ticks ticks = new Ticks();
  private final BlockHistory history = new BlockHistory(ticks);
  private final byte[] initial;
  private final Observed observed;
  private final Device device;
  private BigInteger legal = BigInteger.ZERO;
  private long tried;

  private PowerCutRun(
      BlockTrial trial, String name, Scratch scratch, byte[] initial, BlockOffer offer)
      throws IOException, DriverException {
    this.trial = trial;
    this.name = name;
    this.scratch = scratch;
    this.initial = initial;
    this.observed = scratch.observe(ticks);
    this.device =
        trial.adopt(trial.harness(observed.reach()).observer(history).offer(offer).open());
  }

  /**
   * Opens a driver under observation, on storage whose every block holds data of its own.
   *
   * @param name of the workload, for the report
   * @return empty if the driver refuses the offer, which it may
   */
  static Optional<PowerCutRun> begin(BlockTrial trial, String name, BlockOffer offer) {
    Scratch scratch = trial.scratch(BYTES);
    byte[] initial = new byte[(int) BYTES];
    trial.seed().derive("initial").random().nextBytes(initial);
    Device first = trial.open(scratch.direct());
    int size = first.geometry().logicalBlockSize();
    int step = Math.min(128, first.geometry().maxTransferBlocks());
    for (int block = 0; block < first.geometry().blocks(); block += step) {
      int count = (int) Math.min(step, first.geometry().blocks() - block);
      first.write(block, Arrays.copyOfRange(initial, block * size, (block + count) * size));
    }
    first.close();
    try {
      return Optional.of(new PowerCutRun(trial, name, scratch, initial, offer));
    } catch (DriverException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Device device() {
    return device;
  }

  /** A workload for this device, on its first {@code blocks} blocks. */
  Workload workload(int blocks) {
    return new Workload(
        trial.random(),
        device.geometry().logicalBlockSize(),
        (int) Math.min(blocks, device.geometry().blocks()),
        device.agreement().queues());
  }

  /** Carries the workload out, closes the driver, and cuts the power. */
  void verify(Workload workload) {
    for (List<Workload.Item> step : workload.steps()) {
      List<Submission> submitted = new ArrayList<>();
      for (Workload.Item item : step) {
        submitted.add(device.harness().submit(item.queue(), item.request()));
      }
      device.await(submitted);
    }
    long end = ticks.next();
    device.close();
    requireObservation(end);
    try (observed) {
      cutEverywhere(end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the storage is not seen, nothing can be said of power cuts. */
  private void requireObservation(long end) {
    ObservedStorage storage = observed.storage();
    boolean wrote =
        history.requests().stream()
            .anyMatch(r -> r.operation() == BlockOperation.WRITE && r.isOkBefore(end));
    try {
      if (wrote && storage.log().count(StorageEvent.Change.class) == 0) {
        throw new NotRun(
            "the driver's storage was not seen: writes completed and none reached the file of"
                + " Config.path or the NBD server; no power cut can be played, and level L3 cannot"
                + " be reached");
      }
      if (!storage.isWhole()) {
        throw new NotRun(
            "the driver's storage was seen in part only: it holds what no recorded write explains;"
                + " no power cut can be played, and level L3 cannot be reached");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void cutEverywhere(long end) throws IOException {
    ObservedStorage storage = observed.storage();
    List<StorageEvent> log = storage.log().events();
    StorageImage base = storage.base();
    PowerCutOracle oracle =
        new PowerCutOracle(
            history, device.agreement(), device.geometry().logicalBlockSize(), initial);
    List<String> broken = new ArrayList<>();
    Violation first = null;
    SortedMap<Integer, CrashImages> cells = new TreeMap<>();
    for (long cut : cuts(log, end)) {
      PowerCut powerCut = new PowerCut(base, log, cut);
      legal = legal.add(powerCut.legal());
      long violations = 0;
      List<CrashImage> images = powerCut.choose(trial.seed().value(), MOST_IMAGES);
      for (CrashImage image : images) {
        tried++;
        storage.restore(image.contents());
        Optional<Violation> violation = open(oracle, cut);
        if (violation.isPresent()) {
          violations++;
          first = first == null ? violation.get() : first;
          broken.add("power cut %s, %s reached the storage".formatted(after(cut), image.label()));
        }
      }
      merge(cells, cut, images.size(), violations);
    }
    cells.values().forEach(trial.evidence()::add);
    trial
        .evidence()
        .note("crash images, " + name, "%d of %s legal ones".formatted(tried, rounded(legal)));
    if (first != null) {
      throw new ClauseViolated(
          first.clause(),
          "block %d holds %s".formatted(first.block(), first.expected()),
          "it holds %s (%s; %d of %d images are wrong)"
              .formatted(first.actual(), broken.getFirst(), broken.size(), tried));
    }
  }

  /** The cuts that matter most first, then others by chance, in order of time. */
  private SortedSet<Long> cuts(List<StorageEvent> log, long end) {
    SortedSet<Long> chosen = new TreeSet<>();
    chosen.add(end);
    for (Request request : history.requests()) {
      boolean promises =
          request.operation() == BlockOperation.FLUSH
              || (request.asked().flags() & BlockOperation.FUA) != 0;
      if (promises && request.isOkBefore(end)) {
        chosen.add(request.completed() + 1);
      }
    }
    List<Long> others = new ArrayList<>();
    for (Request request : history.requests()) {
      others.add(request.completed() + 1);
    }
    for (StorageEvent event : log) {
      others.add(event.begun() + 1);
      others.add(event.ended() == Ticks.NEVER ? end : event.ended() + 1);
    }
    others.removeIf(cut -> cut > end);
    RandomGenerator random = trial.random();
    while (chosen.size() > MOST_CUTS) {
      chosen.remove(chosen.stream().skip(random.nextInt(chosen.size())).findFirst().orElseThrow());
    }
    while (chosen.size() < MOST_CUTS && !others.isEmpty()) {
      chosen.add(others.remove(random.nextInt(others.size())));
    }
    return chosen;
  }

  /** Opens a driver on what is there and looks at every block; the first that is wrong. */
  private Optional<Violation> open(PowerCutOracle oracle, long cut) {
    Reach reach = scratch.direct();
    try (BlockHarness harness = trial.harness(reach).offer(LOOKING).open()) {
      int size = harness.geometry().logicalBlockSize();
      int step = Math.min(128, harness.geometry().maxTransferBlocks());
      for (int block = 0; block < harness.geometry().blocks(); block += step) {
        int count = (int) Math.min(step, harness.geometry().blocks() - block);
        byte[] content = harness.read(block, count);
        for (int i = 0; i < count; i++) {
          Violation violation = oracle.judge(cut, block + i, content, i * size);
          if (violation != null) {
            return Optional.of(violation);
          }
        }
      }
      List<Fault> faults = harness.faults();
      if (!faults.isEmpty()) {
        throw ClauseViolated.by(faults.getFirst());
      }
      return Optional.empty();
    } catch (DriverException e) {
      return Optional.of(
          new Violation(
              trial.about(),
              0,
              "what a driver that opens reads",
              "nothing, for it refuses: " + e.getMessage()));
    }
  }

  private void merge(SortedMap<Integer, CrashImages> cells, long cut, int images, long violations) {
    int column = (int) history.requests().stream().filter(r -> r.completed() < cut).count();
    cells.merge(
        column,
        new CrashImages(name, column, after(cut), images, violations),
        (a, b) ->
            new CrashImages(
                name, column, b.after(), a.images() + b.images(), a.violations() + b.violations()));
  }

  /** The last completion before the cut, in words. */
  private String after(long cut) {
    return history.requests().stream()
        .filter(r -> r.completed() < cut)
        .max(Comparator.comparingLong(Request::completed))
        .map(r -> "after " + r.asked())
        .orElse("before anything was completed");
  }

  private static String rounded(BigInteger number) {
    return number.bitLength() < 40 ? number.toString() : "2^" + (number.bitLength() - 1);
  }
}
