package org.tenon.kit.testing.pci;

import java.util.function.IntConsumer;
import org.tenon.api.Stability;

/**
 * A machine that runs by itself, with one PCI function in a hot-plug slot, and a test in the place
 * of its processor. The function's memory BARs have addresses; memory decoding and bus mastering
 * are off. Any thread may call; the accesses of several threads follow one another.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface PciMachine extends PciAccess {
  /**
   * Says who hears the interrupts that the processor takes: messages to 0xfee00000 whose data is 32
   * to 255. Before the first call nobody does.
   *
   * @param vector told which; on any thread; must not block and must not call the machine
   */
  void onInterrupt(IntConsumer vector);

  /**
   * Pulls the function out of its slot, whatever the guest does with it. When this returns the
   * function's configuration space reads as all ones, nothing of it writes the guest's RAM any
   * more, and its driver is closed. A second call does nothing.
   */
  void pull();
}
