package org.tenon.hv.memory;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All RAM of one machine: its regions in ascending order, and the translation of guest-physical
 * addresses to them.
 */
public final class GuestMemory implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GuestMemory.class.getName());

  private final RamLayout layout;
  private final MemoryRegion[] regions;
  private final @Nullable Arena arena;
  private final Set<MemoryLease> leases = ConcurrentHashMap.newKeySet();

  private GuestMemory(RamLayout layout, List<MemoryRegion> regions, @Nullable Arena arena) {
    this.layout = layout;
    this.regions = regions.toArray(MemoryRegion[]::new);
    this.arena = arena;
  }

  /**
   * Zeroed RAM, shareable with other processes where the host can do that ({@link
   * RamBacking#best}).
   */
  public static GuestMemory allocate(RamLayout layout) {
    RamBacking best = RamBacking.best();
    if (best == RamBacking.MEMFD) {
      try {
        return allocate(layout, RamBacking.MEMFD);
      } catch (IOException e) {
        LOG.log(
            Level.WARNING, "guest RAM cannot be shared with other processes: {0}", e.getMessage());
      }
    }
    return anonymous(layout);
  }

  /**
   * Zeroed RAM with the backing asked for.
   *
   * @throws IOException where the host refuses that backing; nothing stays allocated
   */
  public static GuestMemory allocate(RamLayout layout, RamBacking backing) throws IOException {
    return switch (backing) {
      case MEMFD -> memfd(layout);
      case ANONYMOUS -> anonymous(layout);
    };
  }

  /**
   * RAM that somebody else owns; {@link #close} leaves it alone.
   *
   * @param regions ascending, not overlapping, at least one
   */
  public static GuestMemory over(List<MemoryRegion> regions) {
    List<RamLayout.Range> ranges =
        regions.stream().map(r -> new RamLayout.Range(r.base(), r.size())).toList();
    return new GuestMemory(new RamLayout(ranges), regions, null);
  }

  private static GuestMemory anonymous(RamLayout layout) {
    Arena arena = Arena.ofShared();
    List<MemoryRegion> regions = new ArrayList<>();
    for (RamLayout.Range range : layout.ranges()) {
      MemorySegment segment = arena.allocate(range.size(), DirtyPages.PAGE_SIZE);
      regions.add(new MemoryRegion(range, segment, MemoryRegion.NO_FILE));
    }
    return new GuestMemory(layout, regions, arena);
  }

  private static GuestMemory memfd(RamLayout layout) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      List<MemoryRegion> regions = new ArrayList<>();
      for (RamLayout.Range range : layout.ranges()) {
        Memfd file = Memfd.map("tenon-ram", range.size(), arena);
        regions.add(new MemoryRegion(range, file.segment(), file.descriptor()));
      }
      return new GuestMemory(layout, regions, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * The region that holds {@code [gpa, gpa + length)} wholly, or null. Allocates nothing, throws
   * nothing, whatever the arguments. A range that crosses from one region into the next answers
   * null, as RAM on both sides of a hole does.
   */
  public @Nullable MemoryRegion find(long gpa, long length) {
    for (MemoryRegion region : regions) {
      if (region.contains(gpa, length)) {
        return region;
      }
    }
    return null;
  }

  /** How many regions there are; for walks that must not allocate. */
  public int regionCount() {
    return regions.length;
  }

  /** The region at {@code index}, in ascending order of address. */
  public MemoryRegion region(int index) {
    return regions[index];
  }

  /** The regions, in ascending order of address. */
  public List<MemoryRegion> regions() {
    return List.of(regions);
  }

  /** Where the regions lie. */
  public RamLayout layout() {
    return layout;
  }

  /** Bytes of RAM in all. */
  public long size() {
    return layout.size();
  }

  /**
   * Copies from guest RAM into {@code into}; for loaders and device set-up, not for the I/O path.
   *
   * @return false, with nothing copied, where the range is not wholly inside one region
   */
  public boolean read(long gpa, MemorySegment into) {
    MemoryRegion region = find(gpa, into.byteSize());
    if (region == null) {
      return false;
    }
    MemorySegment.copy(region.segment(), region.offset(gpa), into, 0, into.byteSize());
    return true;
  }

  /**
   * Copies {@code from} into guest RAM and marks it dirty; for loaders and device set-up.
   *
   * @return false, with nothing copied, where the range is not wholly inside one region
   */
  public boolean write(long gpa, MemorySegment from) {
    MemoryRegion region = find(gpa, from.byteSize());
    if (region == null) {
      return false;
    }
    long offset = region.offset(gpa);
    MemorySegment.copy(from, 0, region.segment(), offset, from.byteSize());
    region.markDirty(offset, from.byteSize());
    return true;
  }

  /** Tells this one, instead of another, of everything written from now on for the guest. */
  public void onWrite(WriteListener listener) {
    for (MemoryRegion region : regions) {
      region.onWrite(listener);
    }
  }

  /**
   * Lends the RAM; what is lent is taken back by {@link MemoryLease#revoke}, at the latest by
   * {@link #close}.
   */
  public MemoryLease lease() {
    MemoryLease lease = new MemoryLease(this);
    leases.add(lease);
    return lease;
  }

  void ended(MemoryLease lease) {
    leases.remove(lease);
  }

  /**
   * Releases the RAM and every lease; accesses afterwards fail with {@link IllegalStateException}.
   * Closing again does nothing.
   *
   * @throws IllegalStateException while a system call still reads or writes the RAM (a driver that
   *     was not stopped); the RAM stays, and the caller may close later
   */
  @Override
  public void close() {
    for (MemoryLease lease : leases) {
      if (!lease.revoke()) {
        throw new IllegalStateException("guest RAM is still in use by whom it was lent to");
      }
    }
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }
}
