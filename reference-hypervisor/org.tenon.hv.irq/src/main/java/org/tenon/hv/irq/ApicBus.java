package org.tenon.hv.irq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages from I/O APIC, devices and local APICs to the local APICs they name (Intel SDM
 * vol. 3, 11.6.2).
 */
public final class ApicBus implements MsiSink {
  private static final long MSI_BASE = 0xfee00000L;

  private final List<LocalApic> apics = new ArrayList<>();
  private @Nullable IoApic ioApic;

  /** An empty bus; APICs attach themselves. */
  public ApicBus() {}

  void attach(LocalApic apic) {
    apics.add(apic);
  }

  void attach(IoApic controller) {
    ioApic = controller;
  }

  @Override
  public void send(long address, int data) {
    if ((address & ~0xfffffL) != MSI_BASE) {
      return;
    }
    // The redirection hint (bit 3) is not consulted: processors take the destination mode as it
    // stands, and Linux relies on it.
    int low = (int) address;
    DeliveryMode mode = DeliveryMode.of(data);
    deliver(
        new InterruptMessage(
            (low >>> 12) & 0xff, (low & 4) != 0, false, mode, data & 0xff, (data & 0x8000) != 0));
  }

  /**
   * Delivers to every APIC that the destination names, or to one of them in lowest-priority mode.
   */
  void deliver(InterruptMessage message) {
    if (message.mode() == DeliveryMode.LOWEST_PRIORITY) {
      LocalApic best = null;
      for (LocalApic apic : apics) {
        if (apic.isAddressedBy(message)
            && apic.acceptsInterrupts()
            && (best == null || apic.processorPriority() < best.processorPriority())) {
          best = apic;
        }
      }
      if (best != null) {
        best.accept(message);
      }
      return;
    }
    for (LocalApic apic : apics) {
      if (apic.isAddressedBy(message)) {
        apic.accept(message);
      }
    }
  }

  /** Delivers to all, or to all but the sender. */
  void broadcast(LocalApic sender, boolean includingSelf, InterruptMessage message) {
    for (LocalApic apic : apics) {
      if (includingSelf || apic != sender) {
        apic.accept(message);
      }
    }
  }

  /** A local APIC has finished a level-triggered interrupt. */
  void endOfInterrupt(int vector) {
    if (ioApic != null) {
      ioApic.endOfInterrupt(vector);
    }
  }
}
