package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.irq.MsiSink;

/**
 * A function's leave to write into the machine on its own: RAM and interrupt messages alike. The
 * guest gives and takes it with bit 2 of the command register, the function's and that of each
 * bridge above it; a device model asks {@link #isEnabled} before it touches RAM, and goes on when
 * told that it may.
 */
public final class BusMaster {
  private final MsiSink messages;
  private final List<Runnable> whenEnabled = new ArrayList<>();
  private final List<Runnable> whenDisabled = new ArrayList<>();
  private volatile boolean commanded;
  private volatile boolean passed = true;

  /**
   * Without leave, as after reset.
   *
   * @param messages where interrupt messages go
   */
  public BusMaster(MsiSink messages) {
    this.messages = messages;
  }

  /** Whether the guest lets the function write. */
  public boolean isEnabled() {
    return commanded && passed;
  }

  /** What to run each time the guest gives leave. */
  public void onEnabled(Runnable action) {
    whenEnabled.add(action);
  }

  /**
   * What to run each time the leave is taken away, before the guest goes on. Whoever has somebody
   * else write for it waits here until nothing is under way, so that nothing lands afterwards.
   */
  public void onDisabled(Runnable action) {
    whenDisabled.add(action);
  }

  /** The leave of a function behind the bridge whose leave this is; not passed on yet. */
  BusMaster behindBridge() {
    BusMaster behind = new BusMaster(messages);
    behind.passed = false;
    return behind;
  }

  /** Bit 2 of the function's own command register. */
  void set(boolean now) {
    boolean before = isEnabled();
    commanded = now;
    tell(before);
  }

  /** Whether the bridge above passes on what the function writes. */
  void pass(boolean now) {
    boolean before = isEnabled();
    passed = now;
    tell(before);
  }

  private void tell(boolean before) {
    boolean now = isEnabled();
    if (now != before) {
      (now ? whenEnabled : whenDisabled).forEach(Runnable::run);
    }
  }

  /** Takes up a saved state, of which nobody is told. */
  void restore(boolean saved) {
    commanded = saved;
  }

  /** Likewise for what the bridge above passes on. */
  void restorePassed(boolean saved) {
    passed = saved;
  }

  /** Sends an interrupt message, which is a write; only while {@link #isEnabled}. */
  void send(long address, int data) {
    messages.send(address, data);
  }
}
