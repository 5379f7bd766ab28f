package org.tenon.hv.pci;

/** A capability that sends interrupt messages: MSI or MSI-X. Run-loop thread. */
public sealed interface MessageCapability extends Capability permits Msi, Msix {
  /** Whether the guest uses it rather than the interrupt wire. */
  boolean isEnabled();

  /** Sends the message of a vector, now or when the guest allows it; ignored while disabled. */
  void signal(int vector);
}
