package org.tenon.hv.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.hv.attach.DeviceBoard;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.RegisterWidth;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.pci.AdvancedFeatures;
import org.tenon.hv.pci.Bar;
import org.tenon.hv.pci.Capability;
import org.tenon.hv.pci.MessageCapability;
import org.tenon.hv.pci.Msi;
import org.tenon.hv.pci.Msix;
import org.tenon.hv.pci.PciIdentity;
import org.tenon.hv.pci.PciSlot;
import org.tenon.hv.pci.ResetDepth;
import org.tenon.hv.pci.Type0Function;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceOffer;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;
import org.tenon.spi.device.ResetLevel;

/** A partner's driver as a PCI function. */
public final class PartnerFunction implements Saved {
  /** The most interrupt vectors of one function here: a bit of a long each. */
  public static final int MAX_VECTORS = 64;

  /** What every function is offered. */
  public static final DeviceOffer OFFER =
      DeviceOffer.of(
          Set.of(
              DeviceCapabilities.MSIX,
              DeviceCapabilities.MSI,
              DeviceCapabilities.INTX,
              DeviceCapabilities.BUS_MASTER,
              DeviceCapabilities.FUNCTION_RESET),
          MAX_VECTORS,
          1024,
          256L << 20);

  private final DeviceAttachment attachment;
  private final PciSlot slot;
  private final Type0Function function;
  private final @Nullable MessageCapability messages;
  private final Clock clock;
  private final Alarm alarm;
  private final Handoff news;
  private final Handoff delivery;

  /** Vectors that are to be sent. */
  private final AtomicLong due = new AtomicLong();

  private volatile boolean wire;

  /**
   * A function after reset, its driver on the board.
   *
   * @param name for messages
   * @param attachment not connected yet; started already, or when the function is restored
   * @param slot its place
   * @param clock machine time
   * @param handoffs how news from other threads reach the run loop
   */
  public PartnerFunction(
      String name, DeviceAttachment attachment, PciSlot slot, Clock clock, Handoffs handoffs) {
    this.attachment = attachment;
    this.slot = slot;
    this.clock = clock;
    PciFunctionDescription described = attachment.function();
    DeviceAgreement agreement = attachment.agreement();
    List<Bar> bars = new ArrayList<>();
    described.bars().forEach(bar -> bars.add(bar(bar)));
    List<Capability> capabilities = new ArrayList<>();
    if (agreement.has(DeviceCapabilities.MSIX)) {
      Msix table = new Msix(agreement.vectors(), described.msixBar(), slot.master());
      bars.add(table.bar());
      messages = table;
    } else if (agreement.has(DeviceCapabilities.MSI)) {
      messages = new Msi(powerOfTwo(agreement.vectors()), slot.master());
    } else {
      messages = null;
    }
    if (messages != null) {
      capabilities.add(messages);
    }
    boolean resets = agreement.has(DeviceCapabilities.FUNCTION_RESET);
    if (resets && !slot.express()) {
      capabilities.add(new AdvancedFeatures(this::resetByGuest));
    }
    boolean pin = agreement.has(DeviceCapabilities.INTX);
    function = new Type0Function(name, identity(described), bars, capabilities, slot, pin, resets);
    function.onReset(this::reset);
    alarm = clock.alarm(name + " timers", this::ring);
    news = handoffs.handoff(this::takeNews);
    delivery = handoffs.handoff(this::deliver);
    slot.master().onEnabled(() -> attachment.setBusMaster(true));
    slot.master().onDisabled(() -> attachment.setBusMaster(false));
    attachment.connect(new Board());
  }

  /** The next one, from 1 on. */
  private static int powerOfTwo(int vectors) {
    return 1 << Integer.SIZE - Integer.numberOfLeadingZeros(vectors - 1);
  }

  private static PciIdentity identity(PciFunctionDescription described) {
    return new PciIdentity(
        described.vendor(),
        described.device(),
        described.classCode(),
        described.revision(),
        described.subsystemVendor(),
        described.subsystem());
  }

  private Bar bar(PciBar bar) {
    Bar.Kind kind =
        switch (bar.kind()) {
          case PORTS -> Bar.Kind.PORTS;
          case MEMORY32 -> Bar.Kind.MEMORY32;
          case MEMORY64 -> Bar.Kind.MEMORY64;
        };
    RegisterWidth width =
        switch (bar.registerBytes()) {
          case 1 -> RegisterWidth.BYTE;
          case 2 -> RegisterWidth.WORD;
          case 4 -> RegisterWidth.DWORD;
          default -> RegisterWidth.ANY;
        };
    return new Bar(
        bar.index(), kind, bar.prefetchable(), bar.size(), width, new Window(bar.index()));
  }

  /** The function, to be plugged into a bus. */
  public Type0Function function() {
    return function;
  }

  /** The configuration space, then what is on its way to the guest. The driver's is not here. */
  @Override
  public void save(StateWriter out) throws StateException {
    function.save(out);
    out.put(new PartnerFunctionState(wire, due.get()));
  }

  /**
   * Takes the guest's side up, and starts the driver, which has been given its own state before; it
   * may drive the pin anew.
   */
  @Override
  public void restore(StateReader in) throws StateException {
    function.restore(in);
    PartnerFunctionState state = in.take(PartnerFunctionState.class);
    attachment.setBusMaster(slot.master().isEnabled());
    wire = state.wire();
    due.set(state.due());
    takeNews();
    try {
      attachment.start();
    } catch (AttachException e) {
      throw new StateException(String.valueOf(e.getMessage()), e);
    }
    takeNews();
    delivery.raise();
  }

  /**
   * What has come so far reaches the driver, before it is brought to rest, which then knows the
   * time. Run-loop thread.
   */
  public void settle() {
    takeNews();
  }

  private void resetByGuest() {
    function.reset(ResetDepth.FUNCTION);
  }

  /** First the leave to write is taken away, so that nothing of what was under way shows. */
  private void reset(ResetDepth depth) {
    attachment.setBusMaster(false);
    wire = false;
    due.set(0);
    attachment.functionReset(level(depth));
    setAlarm();
  }

  private static int level(ResetDepth depth) {
    return switch (depth) {
      case FUNCTION -> ResetLevel.FUNCTION;
      case BUS -> ResetLevel.BUS;
      case POWER -> ResetLevel.POWER;
    };
  }

  private void takeNews() {
    attachment.takeNews();
    setAlarm();
  }

  private void ring() {
    attachment.ring();
    setAlarm();
  }

  private void setAlarm() {
    long next = attachment.nextTimer();
    if (next != alarm.deadline()) {
      alarm.set(next);
    }
  }

  private void deliver() {
    MessageCapability sending = messages;
    long vectors = due.getAndSet(0);
    boolean byMessage = sending != null && sending.isEnabled();
    for (; sending != null && vectors != 0; vectors &= vectors - 1) {
      sending.signal(Long.numberOfTrailingZeros(vectors));
    }
    function.setInterrupt(wire && !byMessage);
  }

  /** What the driver reaches; any thread. */
  private final class Board implements DeviceBoard {
    @Override
    public void signal(int vector) {
      due.accumulateAndGet(1L << vector, (before, bit) -> before | bit);
      delivery.raise();
    }

    @Override
    public void setIntx(boolean asserted) {
      wire = asserted;
      delivery.raise();
    }

    @Override
    public boolean messagesEnabled() {
      return messages != null && messages.isEnabled();
    }

    @Override
    public long machineTime() {
      return clock.now();
    }

    @Override
    public void news() {
      news.raise();
    }
  }

  /** What lies behind one BAR. */
  private final class Window implements RegisterBlock {
    private final int bar;

    Window(int bar) {
      this.bar = bar;
    }

    @Override
    public long read(int offset, int size) {
      long value = attachment.read(bar, offset, size);
      setAlarm();
      return value;
    }

    @Override
    public void write(int offset, int size, long value) {
      attachment.write(bar, offset, size, value);
      setAlarm();
    }
  }
}
