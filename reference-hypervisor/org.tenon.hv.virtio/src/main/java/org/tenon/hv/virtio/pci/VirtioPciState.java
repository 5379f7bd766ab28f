package org.tenon.hv.virtio.pci;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the PCI transport keeps beside the function and the device.
 *
 * @param isr the ISR status
 * @param configVector the MSI-X vector of configuration changes
 * @param queueVectors that of each queue
 * @param deviceFeatureSelect which half of the offer the guest reads
 * @param driverFeatureSelect which half of its features the guest writes
 * @param driverFeatures what it has written there
 * @param queueSelect which queue it configures
 * @param due what is to be signalled: 1 or 0 for each queue and, last, for the configuration
 */
@StateFormat(name = "virtio-pci", version = 1)
public record VirtioPciState(
    int isr,
    int configVector,
    List<Integer> queueVectors,
    int deviceFeatureSelect,
    int driverFeatureSelect,
    long driverFeatures,
    int queueSelect,
    List<Integer> due) {
  /** Checks the ranges. */
  public VirtioPciState {
    queueVectors = List.copyOf(queueVectors);
    due = List.copyOf(due);
    boolean valid =
        isr >>> 2 == 0
            && isShort(configVector)
            && queueVectors.stream().allMatch(VirtioPciState::isShort)
            && isShort(queueSelect)
            && due.size() == queueVectors.size() + 1
            && due.stream().allMatch(bit -> bit >>> 1 == 0);
    if (!valid) {
      throw new IllegalArgumentException("no state of a virtio device on PCI");
    }
  }

  private static boolean isShort(int value) {
    return value >>> 16 == 0;
  }
}
