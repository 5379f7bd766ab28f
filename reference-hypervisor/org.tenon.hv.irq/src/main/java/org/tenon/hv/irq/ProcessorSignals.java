package org.tenon.hv.irq;

/**
 * What a local APIC tells its processor; the machine implements it for each vCPU. Called on the
 * run-loop thread.
 */
public interface ProcessorSignals {
  /** A non-maskable interrupt. */
  void nmi();

  /**
   * INIT: to the state after reset, waiting for a start-up message unless it is the bootstrap
   * processor.
   */
  void init();

  /**
   * Start-up: begin in real mode at {@code vector << 12}; ignored unless INIT came before.
   *
   * @param vector 0 to 255
   */
  void startup(int vector);

  /** {@link LocalApic#hasPending()} may have become true. */
  void interrupt();
}
