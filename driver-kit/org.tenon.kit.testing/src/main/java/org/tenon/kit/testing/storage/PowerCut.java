package org.tenon.kit.testing.storage;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.StorageEvent.Change;
import org.tenon.kit.testing.storage.StorageEvent.Force;

/**
 * A power cut at one tick, and what the storage may hold after it.
 *
 * <p>A change is <em>settled</em> if it ended as durable, or ended before a force of its file began
 * which had itself ended before the cut; every image has it. Every other change that began before
 * the cut is <em>pending</em>: each of its sectors is in the image or is not, whatever happened to
 * the others. Those are all the images that are legal; their number is two to the power of the
 * pending sectors. {@link #choose} takes from them the extreme ones first and fills up by chance.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class PowerCut {
  /** What disks write whole, in bytes. */
  public static final int SECTOR = 512;

  /** A part of a pending event that reaches the storage whole or not at all. */
  private record Piece(int event, long from, long count) {}

  private final StorageImage before;
  private final List<StorageEvent> events;
  private final Set<StorageEvent> settled = new HashSet<>();
  private final List<Piece> pieces = new ArrayList<>();

  /** The first piece of each pending event, in order, and the number of pieces at the end. */
  private final List<Integer> starts = new ArrayList<>();

  private final long cut;

  /**
   * The images of a cut at that tick.
   *
   * @param base what the storage held at first
   * @param log what happened to it
   * @param cut nothing that began at or after this tick happened
   */
  public PowerCut(StorageImage base, List<StorageEvent> log, long cut) {
    this.cut = cut;
    List<StorageEvent> begun = log.stream().filter(e -> e.begun() < cut).toList();
    List<Force> forces =
        begun.stream()
            .filter(e -> e.ended() < cut)
            .filter(Force.class::isInstance)
            .map(Force.class::cast)
            .toList();
    for (StorageEvent event : begun) {
      if (isSettled(event, forces)) {
        settled.add(event);
      }
    }
    int old = 0;
    StorageImage image = base.copy();
    while (old < begun.size() && settled.contains(begun.get(old))) {
      image.apply(begun.get(old++));
    }
    this.before = image;
    this.events = begun.subList(old, begun.size());
    for (int i = 0; i < events.size(); i++) {
      if (!settled.contains(events.get(i))) {
        starts.add(pieces.size());
        split(i, events.get(i));
      }
    }
    starts.add(pieces.size());
  }

  private boolean isSettled(StorageEvent event, List<Force> forces) {
    return switch (event) {
      case Force _, StorageEvent.Name _ -> true;
      case Change change when change.durable() && change.ended() < cut -> true;
      default -> forces.stream().anyMatch(force -> force.covers(event));
    };
  }

  private void split(int index, StorageEvent event) {
    if (!(event instanceof Change change)) {
      pieces.add(new Piece(index, 0, 0));
      return;
    }
    long from = 0;
    while (from < change.length()) {
      long count = Math.min(SECTOR - (change.offset() + from) % SECTOR, change.length() - from);
      pieces.add(new Piece(index, from, count));
      from += count;
    }
  }

  /** The tick of the cut. */
  public long cut() {
    return cut;
  }

  /** How many changes were pending. */
  public int pending() {
    return starts.size() - 1;
  }

  /** How many images are legal, counted by the sectors that reached the storage. */
  public BigInteger legal() {
    return BigInteger.TWO.pow(pieces.size());
  }

  /**
   * Images, no choice twice: none and all of the pending changes, every prefix of them, each alone
   * missing, each alone there, each torn in front, behind and in the middle, and then any sectors
   * by chance. Where these are more than {@code most}, none and all stay and the others are drawn
   * from by chance.
   *
   * @param most how many, from 2
   */
  public List<CrashImage> choose(long seed, int most) {
    List<Choice> extremes = extremes();
    SplittableRandom random = new SplittableRandom(seed ^ cut);
    List<Choice> rest =
        new ArrayList<>(extremes.subList(Math.min(2, extremes.size()), extremes.size()));
    for (int i = rest.size() - 1; i > 0 && extremes.size() > most; i--) {
      int other = random.nextInt(i + 1);
      Choice moved = rest.get(i);
      rest.set(i, rest.get(other));
      rest.set(other, moved);
    }
    List<Choice> ordered = new ArrayList<>(extremes.subList(0, Math.min(2, extremes.size())));
    ordered.addAll(rest);
    for (int i = ordered.size(); i < most; i++) {
      BitSet sectors = new BitSet();
      for (int piece = 0; piece < pieces.size(); piece++) {
        sectors.set(piece, random.nextBoolean());
      }
      ordered.add(new Choice(CrashImage.Kind.RANDOM, "by chance, number " + i, sectors));
    }
    Set<BitSet> seen = new HashSet<>();
    List<CrashImage> images = new ArrayList<>();
    for (Choice choice : ordered) {
      if (images.size() < most && seen.add(choice.kept)) {
        images.add(new CrashImage(cut, choice.kind, choice.label, build(choice.kept)));
      }
    }
    return images;
  }

  private record Choice(CrashImage.Kind kind, String label, BitSet kept) {}

  private List<Choice> extremes() {
    List<Choice> all = new ArrayList<>();
    all.add(new Choice(CrashImage.Kind.NONE, "no pending change", new BitSet()));
    all.add(new Choice(CrashImage.Kind.ALL, "every pending change", range(0, pieces.size())));
    for (int i = 0; i < pending(); i++) {
      int first = starts.get(i);
      int next = starts.get(i + 1);
      StorageEvent event = events.get(pieces.get(first).event());
      BitSet others = range(0, pieces.size());
      others.clear(first, next);
      all.add(new Choice(CrashImage.Kind.PREFIX, "changes up to " + event, range(0, next)));
      all.add(new Choice(CrashImage.Kind.ONE_LOST, "all but " + event, others));
      all.add(new Choice(CrashImage.Kind.ONE_KEPT, "only " + event, range(first, next)));
      if (next - first > 1) {
        addTorn(all, event, first, next);
      }
    }
    return all;
  }

  private static void addTorn(List<Choice> all, StorageEvent event, int first, int next) {
    int middle = (first + next) >>> 1;
    BitSet gap = range(0, next);
    gap.clear(middle);
    all.add(
        new Choice(
            CrashImage.Kind.TORN, "changes up to the first half of " + event, range(0, middle)));
    all.add(
        new Choice(
            CrashImage.Kind.TORN, "only the last sector of " + event, range(next - 1, next)));
    all.add(
        new Choice(
            CrashImage.Kind.TORN,
            "changes up to " + event + " but for one sector in its middle",
            gap));
  }

  private static BitSet range(int from, int to) {
    BitSet bits = new BitSet();
    bits.set(from, to);
    return bits;
  }

  private StorageImage build(BitSet kept) {
    StorageImage image = before.copy();
    int piece = 0;
    for (int i = 0; i < events.size(); i++) {
      StorageEvent event = events.get(i);
      if (settled.contains(event)) {
        image.apply(event);
      }
      for (; piece < pieces.size() && pieces.get(piece).event() == i; piece++) {
        if (kept.get(piece)) {
          apply(image, event, pieces.get(piece));
        }
      }
    }
    return image;
  }

  private static void apply(StorageImage image, StorageEvent event, Piece piece) {
    if (event instanceof Change change) {
      image.apply(change, piece.from(), piece.count());
    } else {
      image.apply(event);
    }
  }
}
