package org.tenon.hv.attach;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryLease;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.spi.HostClock;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;

/**
 * A function's way to guest memory, open while the guest lets it master the bus. Closing it waits
 * for a copy under way, so that nothing is written afterwards. Any thread.
 */
final class DeviceDma {
  /** How often a system call that is to end is looked at. */
  private static final long MOMENT = 100_000;

  private final GuestMemory memory;
  private final HostClock hostClock;
  private final int maxLeases;
  private final Set<Lease> leases = new HashSet<>();

  /** Those taken back that a system call still uses. */
  private final Set<Lease> inUse = ConcurrentHashMap.newKeySet();

  private boolean open;
  private boolean over;

  /**
   * Closed.
   *
   * @param hostClock for trying again to take back what a system call still uses
   */
  DeviceDma(GuestMemory memory, HostClock hostClock, int maxLeases) {
    this.memory = memory;
    this.hostClock = hostClock;
    this.maxLeases = maxLeases;
  }

  synchronized boolean isOpen() {
    return open && !over;
  }

  /** Opens or closes it; what is lent is taken back with the latter. */
  synchronized void setOpen(boolean now) {
    open = now;
    if (!now) {
      revokeAll();
    }
  }

  /** Closes it for good. */
  synchronized void end() {
    over = true;
    revokeAll();
  }

  /**
   * Waits until no system call of the driver's uses what was lent and taken back.
   *
   * @return false where that takes longer than the limit
   */
  boolean awaitTakenBack(long limitNanos) {
    long start = System.nanoTime();
    while (!inUse.isEmpty()) {
      inUse.forEach(Lease::revoke);
      if (System.nanoTime() - start > limitNanos) {
        return inUse.isEmpty();
      }
      LockSupport.parkNanos(this, MOMENT);
    }
    return true;
  }

  private void revokeAll() {
    leases.forEach(Lease::revoke);
    leases.clear();
  }

  synchronized int read(long address, MemorySegment into, long offset, long length) {
    int refusal = refusal(address, into, offset, length);
    return refusal != Status.OK || length == 0
        ? refusal
        : copy(address, into, offset, length, false);
  }

  synchronized int write(long address, MemorySegment from, long offset, long length) {
    int refusal = refusal(address, from, offset, length);
    return refusal != Status.OK || length == 0
        ? refusal
        : copy(address, from, offset, length, true);
  }

  private int refusal(long address, @Nullable MemorySegment segment, long offset, long length) {
    if (!isOpen()) {
      return Status.DENIED;
    }
    if (segment == null || offset < 0 || length < 0 || offset > segment.byteSize() - length) {
      return Status.INVALID;
    }
    return isRam(address, length) ? Status.OK : Status.OUT_OF_RANGE;
  }

  private boolean isRam(long address, long length) {
    long at = address;
    for (long left = length; left > 0; ) {
      MemoryRegion region = memory.find(at, 1);
      if (region == null) {
        return false;
      }
      long step = Math.min(left, region.size() - region.offset(at));
      at += step;
      left -= step;
    }
    return true;
  }

  private int copy(long address, MemorySegment segment, long offset, long length, boolean writes) {
    long at = address;
    long end = offset + length;
    try {
      for (long done = offset; done < end; ) {
        MemoryRegion region = memory.find(at, 1);
        if (region == null) {
          return Status.OUT_OF_RANGE;
        }
        long within = region.offset(at);
        long step = Math.min(end - done, region.size() - within);
        if (writes) {
          MemorySegment.copy(segment, done, region.segment(), within, step);
          region.markDirty(within, step);
        } else {
          MemorySegment.copy(region.segment(), within, segment, done, step);
        }
        at += step;
        done += step;
      }
      return Status.OK;
    } catch (RuntimeException unusable) {
      // The driver's own segment: closed, another thread's, or read-only.
      return Status.INVALID;
    }
  }

  synchronized @Nullable DmaLease lease(long address, long length, int access) {
    boolean sane =
        length > 0 && (access & DmaAccess.READ_WRITE) != 0 && (access & ~DmaAccess.READ_WRITE) == 0;
    if (!sane || !isOpen() || leases.size() >= maxLeases || !isRam(address, length)) {
      return null;
    }
    Lease lease = new Lease(address, length, (access & DmaAccess.WRITE) != 0);
    leases.add(lease);
    return lease;
  }

  private synchronized void forget(Lease lease) {
    leases.remove(lease);
  }

  /** How many leases are out. */
  synchronized int leased() {
    return leases.size();
  }

  private final class Lease implements DmaLease {
    private final long address;
    private final long length;
    private final MemoryLease loan = memory.lease();
    private final List<MemorySegment> parts = new ArrayList<>();
    private volatile boolean revoked;

    Lease(long address, long length, boolean writable) {
      this.address = address;
      this.length = length;
      long at = address;
      for (long left = length; left > 0; ) {
        MemoryRegion region = memory.find(at, 1);
        if (region == null) {
          throw new IllegalStateException("RAM has moved");
        }
        long within = region.offset(at);
        long step = Math.min(left, region.size() - within);
        MemorySegment part = loan.view(region).asSlice(within, step);
        parts.add(writable ? part : part.asReadOnly());
        at += step;
        left -= step;
      }
    }

    @Override
    public long address() {
      return address;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public int parts() {
      return parts.size();
    }

    @Override
    public MemorySegment part(int index) {
      return parts.get(index);
    }

    @Override
    public boolean isRevoked() {
      return revoked;
    }

    @Override
    public void written(long offset, long bytes) {
      if (revoked || offset < 0 || bytes <= 0 || offset >= length) {
        return;
      }
      long at = address + offset;
      for (long left = Math.min(bytes, length - offset); left > 0; ) {
        MemoryRegion region = memory.find(at, 1);
        if (region == null) {
          return;
        }
        long within = region.offset(at);
        long step = Math.min(left, region.size() - within);
        region.markDirty(within, step);
        at += step;
        left -= step;
      }
    }

    @Override
    public void close() {
      forget(this);
      revoke();
    }

    void revoke() {
      revoked = true;
      if (loan.revoke()) {
        inUse.remove(this);
      } else if (inUse.add(this)) {
        tryAgain();
      }
    }

    /** Also where nobody waits: the memory is not freed before. */
    private void tryAgain() {
      if (loan.revoke()) {
        inUse.remove(this);
      } else {
        var _ = hostClock.schedule(Duration.ofMillis(100), this::tryAgain);
      }
    }
  }
}
