package org.tenon.hv.attach;

/**
 * What a PCI function's driver reaches on the board, as {@link DeviceAttachment} passes it on. Any
 * thread, except where it says otherwise.
 */
public interface DeviceBoard {
  /** Sends an interrupt message if the guest has enabled them; a vector that was agreed. */
  void signal(int vector);

  /** Drives the interrupt pin. */
  void setIntx(boolean asserted);

  /** Whether the guest uses messages. */
  boolean messagesEnabled();

  /** Machine time in nanoseconds. Run-loop thread. */
  long machineTime();

  /** Has {@link DeviceAttachment#takeNews} called on the run-loop thread soon. */
  void news();
}
