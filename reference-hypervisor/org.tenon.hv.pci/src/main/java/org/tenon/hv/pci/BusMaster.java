package org.tenon.hv.pci;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.irq.MsiSink;

/**
 * A function's leave to write into the machine on its own: RAM and interrupt messages alike. The
 * guest gives and takes it with bit 2 of the command register; a device model asks {@link
 * #isEnabled} before it touches RAM, and goes on when told that it may.
 */
public final class BusMaster {
  private final MsiSink messages;
  private final List<Runnable> whenEnabled = new ArrayList<>();
  private final List<Runnable> whenDisabled = new ArrayList<>();
  private boolean enabled;

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
    return enabled;
  }

  /** What to run each time the guest gives leave. */
  public void onEnabled(Runnable action) {
    whenEnabled.add(action);
  }

  /** What to run each time the guest takes it away. */
  public void onDisabled(Runnable action) {
    whenDisabled.add(action);
  }

  void set(boolean now) {
    boolean before = enabled;
    enabled = now;
    if (now != before) {
      (now ? whenEnabled : whenDisabled).forEach(Runnable::run);
    }
  }

  /** Takes up a saved state, of which nobody is told. */
  void restore(boolean saved) {
    enabled = saved;
  }

  /** Sends an interrupt message, which is a write; only while {@link #isEnabled}. */
  void send(long address, int data) {
    messages.send(address, data);
  }
}
