package org.tenon.hv.machine;

import java.util.List;
import org.tenon.hv.engine.VcpuExit.Reason;

/** What a broken hypervisor does otherwise. Sees every access that leaves the processor. */
interface Fault {
  /** What the guest gets instead of what a device answered. */
  default long read(Reason reason, long address, int size, long value) {
    return value;
  }

  /** Whether a write never reaches its device. */
  default boolean loses(Reason reason, long address, int size, long value) {
    return false;
  }

  /** Whether an interrupt never reaches the processor. */
  default boolean loses(int vector) {
    return false;
  }

  /** Whether an MSR that is not there is there all the same. */
  default boolean hasEveryMsr() {
    return false;
  }

  /** Several at once. */
  static Fault all(List<Fault> faults) {
    return new Fault() {
      @Override
      public long read(Reason reason, long address, int size, long value) {
        long answer = value;
        for (Fault fault : faults) {
          answer = fault.read(reason, address, size, answer);
        }
        return answer;
      }

      @Override
      public boolean loses(Reason reason, long address, int size, long value) {
        boolean lost = false;
        for (Fault fault : faults) {
          lost |= fault.loses(reason, address, size, value);
        }
        return lost;
      }

      @Override
      public boolean loses(int vector) {
        boolean lost = false;
        for (Fault fault : faults) {
          lost |= fault.loses(vector);
        }
        return lost;
      }

      @Override
      public boolean hasEveryMsr() {
        return faults.stream().anyMatch(Fault::hasEveryMsr);
      }
    };
  }
}
