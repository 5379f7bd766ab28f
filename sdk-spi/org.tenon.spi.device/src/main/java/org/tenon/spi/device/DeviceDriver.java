package org.tenon.spi.device;

import java.util.concurrent.CompletionStage;
import org.tenon.api.Stability;
import org.tenon.spi.Driver;

/**
 * A PCI function of a vendor's own: what a guest finds behind its base address registers. Its life
 * is that of {@link Driver}; its configuration space is the host's.
 *
 * <p><b>Threads.</b> The host makes every call, those of {@link Driver} included, on one thread,
 * the <em>device thread</em>, one at a time; {@link #health()} alone may come from any. So do the
 * timers of {@link DeviceHost#clock()} and the work given to {@link DeviceHost#onBoard}. A driver
 * that has no thread of its own needs no lock.
 *
 * <p><b>Time.</b> While the device thread is inside {@link #read}, {@link #write}, {@link
 * #functionReset}, a timer or {@link BoardCall} work, the guest stands between two instructions and
 * machine time stands still. These calls must not block: one that has not returned after {@link
 * org.tenon.spi.Deadlines#control()} is hung, and the driver is quarantined: reads answer all ones
 * from then on, writes go nowhere, and the guest runs on.
 *
 * <p><b>Removal.</b> An operator or the guest may have the function leave while the guest runs. An
 * orderly leave ends with the slot's power turned off, {@link #functionReset} of level {@link
 * ResetLevel#POWER}; one that is pulled out gets the same call without warning, between two
 * instructions. {@link #close()} follows. In that reset nothing of guest memory can be reached any
 * more, and no interrupt arrives: there is nothing that a driver need do but let go. A system call
 * of the driver's that uses a part of a lease at that moment is waited for, no longer than {@link
 * org.tenon.spi.Deadlines#control()}.
 *
 * <p><b>Nothing throws.</b> A register that does not exist reads as the data sheet says and ignores
 * writes. What the guest writes is hostile until checked.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface DeviceDriver extends Driver {
  /**
   * What the guest's configuration space says of the function. The same throughout the driver's
   * life, from OPENED on; within the agreement.
   */
  PciFunctionDescription function();

  /**
   * The guest reads behind a BAR. Called in RUNNING only, and only inside the BAR, with the sizes
   * that {@link PciBar#registerBytes()} allows. No allocation is needed, and none is made by the
   * host.
   *
   * @param bar {@link PciBar#index()} of one of {@link #function()}'s BARs
   * @param offset bytes from the BAR's start
   * @param size 1, 2, 4 or 8 bytes
   * @return the value, little-endian; bits above {@code size} bytes are ignored
   */
  long read(int bar, int offset, int size);

  /**
   * The guest writes behind a BAR; otherwise as {@link #read}.
   *
   * @param value the value; bits above {@code size} bytes are zero
   */
  void write(int bar, int offset, int size, long value);

  /**
   * The guest resets the function: when this returns, its registers are as after {@link #start()},
   * what was under way is forgotten, and nothing of the guest's memory is used any more. Bus
   * mastering is off, every lease is revoked and the interrupt pin is low before the call. Called
   * in RUNNING.
   *
   * @param level a code of {@link ResetLevel}, or one that the driver does not know, which it takes
   *     for {@link ResetLevel#POWER}
   */
  void functionReset(int level);

  /**
   * As {@link #functionReset} with {@link ResetLevel#POWER}, asked for by the operator; may take
   * its time with what stands behind the function.
   *
   * @return completes when the function is as after {@link #start()}; never exceptionally
   */
  @Override
  CompletionStage<Void> reset();

  /**
   * Comes to rest: no interrupt, no DMA and no change of any register that the guest could see,
   * until {@link #resume()}. Timers of machine time do not ring meanwhile.
   *
   * @return completes when the function is at rest; never exceptionally
   */
  @Override
  CompletionStage<Void> quiesce();
}
