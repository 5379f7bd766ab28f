package org.tenon.tck.block.contract;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.Requires;

/** A device that refuses every change. */
public abstract class ReadOnlyTests extends BlockTests {
  /** For the contract. */
  protected ReadOnlyTests() {}

  @Test
  @Requires(Trait.READ_ONLY_SETTING)
  @Clause("BLK-027")
  void readOnlyRefusesEveryChange() {
    Scratch scratch = trial().scratch();
    Device writable = trial().open(scratch.direct());
    byte[] data = writable.data(trial().random(), 16);
    writable.write(0, data);
    writable.close();

    Device device = trial().open(scratch.direct().with(Map.of(Trait.READ_ONLY_KEY, "true")));
    if (!device.geometry().readOnly()) {
      throw trial().violation("a geometry that is read-only", "it is " + device.geometry());
    }
    byte[] other = device.data(trial().random(), 4);
    device.expect(device.harness().writing(2, other), Status.READ_ONLY);
    if (device.agreement().has(BlockCapabilities.FUA)) {
      device.expect(device.harness().writing(2, other).fua(), Status.READ_ONLY);
    }
    if (device.agreement().has(BlockCapabilities.DISCARD)) {
      device.expect(BlockRequest.discard(2, 4), Status.READ_ONLY);
    }
    if (device.agreement().has(BlockCapabilities.WRITE_ZEROES)) {
      device.expect(BlockRequest.writeZeroes(2, 4), Status.READ_ONLY);
    }
    device.expectData(0, data);
    device.close();
    trial().open(scratch.direct()).expectData(0, data);
  }
}
