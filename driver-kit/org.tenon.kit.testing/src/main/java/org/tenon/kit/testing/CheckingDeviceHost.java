package org.tenon.kit.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.LifeCycle;
import org.tenon.spi.device.BoardCall;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;

/**
 * What a function under test has for a host: answers, notes what is done, and checks every call.
 */
final class CheckingDeviceHost implements DeviceHost {
  private final DeviceAgreement agreement;
  private final int maxLeases;
  private final Deadlines deadlines;
  private final WatchedClock clock;
  private final ThreadWatch threads;
  private final CapturedLog log;
  private final FaultLog faults;
  private final GuestRam ram;
  private final List<DeviceEvent> events = new ArrayList<>();
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new ArrayList<>();
  private volatile boolean busMaster;
  private volatile boolean messages;
  private volatile boolean pin;
  private volatile LifeCycle.State state = LifeCycle.State.OPENED;

  CheckingDeviceHost(
      DeviceAgreement agreement,
      int maxLeases,
      Deadlines deadlines,
      WatchedClock clock,
      ThreadWatch threads,
      CapturedLog log,
      FaultLog faults,
      GuestRam ram) {
    this.agreement = agreement;
    this.maxLeases = maxLeases;
    this.deadlines = deadlines;
    this.clock = clock;
    this.threads = threads;
    this.log = log;
    this.faults = faults;
    this.ram = ram;
  }

  void enter(LifeCycle.State now) {
    state = now;
  }

  void setMessages(boolean enabled) {
    messages = enabled;
  }

  void setBusMaster(boolean enabled) {
    busMaster = enabled;
    if (!enabled) {
      revokeLeases();
    }
  }

  void revokeLeases() {
    leases.forEach(Lease::revoke);
    leases.clear();
  }

  int leased() {
    return leases.size();
  }

  boolean pin() {
    return pin;
  }

  /** The pin as a reset leaves it; no event, since the host does it. */
  void lowerPin() {
    pin = false;
  }

  synchronized List<DeviceEvent> takeEvents() {
    List<DeviceEvent> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  /** Runs what was raised; on the device thread. */
  void runCalls() {
    List<Call> all;
    synchronized (this) {
      all = List.copyOf(calls);
    }
    for (Call call : all) {
      if (call.raised) {
        call.raised = false;
        call.work.run();
      }
    }
  }

  /** Whether something was raised and has not run. */
  synchronized boolean hasNews() {
    return calls.stream().anyMatch(call -> call.raised);
  }

  private synchronized void note(DeviceEvent.Kind kind, long at, long length) {
    events.add(new DeviceEvent(kind, at, length, clock.nanoTime()));
  }

  /** Whether the guest may be touched now; if not, that is a fault. */
  private boolean mayTouchGuest(String what) {
    switch (state) {
      case RUNNING, QUIESCING, RESETTING -> {
        return true;
      }
      case QUIESCED ->
          faults.report(DeviceClauses.REST_IS_REST, Fault.Kind.BAD_ANSWER, what + " while at rest");
      case OPENED, CLOSED ->
          faults.report(
              DeviceClauses.GUEST_UNTOUCHED,
              Fault.Kind.BAD_ANSWER,
              "%s while it was %s".formatted(what, state));
    }
    return false;
  }

  @Override
  public void signal(int vector) {
    if (!agreement.hasMessages()) {
      faults.report(
          DeviceClauses.SIGNALS_AGREED, Fault.Kind.NOT_AGREED, "sent a message without agreement");
    } else if (vector < 0 || vector >= agreement.vectors()) {
      faults.report(
          DeviceClauses.SIGNALS_AGREED,
          Fault.Kind.BAD_ANSWER,
          "sent vector %d; there are %d".formatted(vector, agreement.vectors()));
    } else if (mayTouchGuest("sent an interrupt message")) {
      note(DeviceEvent.Kind.SIGNAL, vector, 0);
    }
  }

  @Override
  public void setIntx(boolean asserted) {
    if (!agreement.has(DeviceCapabilities.INTX)) {
      faults.report(
          DeviceClauses.PIN_AGREED, Fault.Kind.NOT_AGREED, "drove the pin without agreement");
    } else if (asserted != pin && (!asserted || mayTouchGuest("raised the interrupt pin"))) {
      pin = asserted;
      note(DeviceEvent.Kind.PIN, asserted ? 1 : 0, 0);
    }
  }

  @Override
  public boolean messagesEnabled() {
    return messages;
  }

  @Override
  public boolean busMasterEnabled() {
    return busMaster;
  }

  @Override
  public int dmaRead(long address, MemorySegment into, long offset, long length) {
    int refusal = refusal("dmaRead", address, into, offset, length);
    if (refusal == Status.OK && length > 0) {
      ram.copyOut(address, into, offset, length);
      note(DeviceEvent.Kind.READ, address, length);
    }
    return refusal;
  }

  @Override
  public int dmaWrite(long address, MemorySegment from, long offset, long length) {
    int refusal = refusal("dmaWrite", address, from, offset, length);
    if (refusal == Status.OK && length > 0) {
      ram.copyIn(address, from, offset, length);
      note(DeviceEvent.Kind.WRITE, address, length);
    }
    return refusal;
  }

  private int refusal(
      String call, long address, @Nullable MemorySegment segment, long offset, long length) {
    if (!mayMaster(call)) {
      return Status.UNSUPPORTED;
    } else if (!busMaster) {
      return Status.DENIED;
    } else if (segment == null
        || offset < 0
        || length < 0
        || offset > segment.byteSize() - length) {
      return Status.INVALID;
    }
    return length == 0 || GuestRam.holds(address, length) ? Status.OK : Status.OUT_OF_RANGE;
  }

  private boolean mayMaster(String call) {
    if (!agreement.has(DeviceCapabilities.BUS_MASTER)) {
      faults.report(
          DeviceClauses.DMA_AGREED, Fault.Kind.NOT_AGREED, "called " + call + " without agreement");
      return false;
    }
    return mayTouchGuest("called " + call);
  }

  @Override
  public @Nullable DmaLease lease(long address, long length, int access) {
    boolean given =
        mayMaster("lease")
            && busMaster
            && length > 0
            && GuestRam.holds(address, length)
            && (access & ~DmaAccess.READ_WRITE) == 0
            && access != 0
            && leases.size() < maxLeases;
    if (!given) {
      return null;
    }
    Lease lease = new Lease(address, length, (access & DmaAccess.WRITE) != 0);
    leases.add(lease);
    note(DeviceEvent.Kind.LEASE, address, length);
    return lease;
  }

  @Override
  public synchronized BoardCall onBoard(Runnable work) {
    Call call = new Call(work);
    calls.add(call);
    return () -> call.raised = true;
  }

  @Override
  public HostClock clock() {
    return clock;
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return threads.driverThread(name, work);
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public void healthChanged(Health now) {
    if (state == LifeCycle.State.CLOSED) {
      faults.report(
          DriverClauses.NOTHING_LEFT,
          FaultLog.USED_AFTER_CLOSE,
          "called healthChanged after close");
    }
  }

  private static final class Call {
    private final Runnable work;
    private volatile boolean raised;

    Call(Runnable work) {
      this.work = work;
    }
  }

  private final class Lease implements DmaLease {
    private final long address;
    private final long length;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> parts = new ArrayList<>();

    Lease(long address, long length, boolean writable) {
      this.address = address;
      this.length = length;
      long end = address + length;
      for (long at = address; at < end; ) {
        long to = at < GuestRam.SEAM ? Math.min(end, GuestRam.SEAM) : end;
        MemorySegment part = ram.alias(at, to - at, arena);
        parts.add(writable ? part : part.asReadOnly());
        at = to;
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
      return !arena.scope().isAlive();
    }

    @Override
    public void written(long offset, long bytes) {
      if (!isRevoked() && offset >= 0 && bytes > 0 && offset < length) {
        note(DeviceEvent.Kind.WRITE, address + offset, Math.min(bytes, length - offset));
      }
    }

    @Override
    public void close() {
      leases.remove(this);
      revoke();
    }

    synchronized void revoke() {
      if (arena.scope().isAlive()) {
        arena.close();
      }
    }
  }
}
