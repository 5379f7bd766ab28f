package org.tenon.tck.block.contract;

import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.evidence.Latency;

/** Measures for the report. Only what is read and written is judged, never how fast. */
public abstract class LatencyTests extends BlockTests {
  private static final int SAMPLES = 1000;
  private static final int WARM_UP = 200;
  private static final int DURABLE_SAMPLES = 100;
  private static final int BYTES = 4096;

  /** For the contract. */
  protected LatencyTests() {}

  @Test
  @Clause("BLK-016")
  void latencyProfile() {
    Device device = trial().open();
    RandomGenerator random = trial().random();
    int blocks = Math.max(1, BYTES / device.geometry().logicalBlockSize());
    String size = " " + blocks * device.geometry().logicalBlockSize() / 1024 + " KiB";
    byte[] data = device.data(random, blocks);
    measure(device, "write" + size, SAMPLES, block -> device.harness().writing(block, data));
    measure(device, "read" + size, SAMPLES, block -> BlockRequest.read(block, blocks));
    if (device.agreement().has(BlockCapabilities.FUA)) {
      measure(
          device,
          "durable write" + size,
          DURABLE_SAMPLES,
          block -> device.harness().writing(block, data).fua());
    }
    if (device.agreement().has(BlockCapabilities.FLUSH)) {
      measure(device, "flush", DURABLE_SAMPLES, block -> BlockRequest.flush());
    }
    for (long block = 0; block < 64L * blocks; block += blocks) {
      device.read(block, blocks);
    }
  }

  private void measure(Device device, String series, int samples, Request request) {
    RandomGenerator random = trial().seed().derive(series.toLowerCase(Locale.ROOT)).random();
    int step = Math.max(1, BYTES / device.geometry().logicalBlockSize());
    long units = device.geometry().blocks() / step;
    long[] nanos = new long[samples];
    for (int i = -Math.min(WARM_UP, samples); i < samples; i++) {
      BlockRequest next = request.at(random.nextLong(units) * step);
      long began = System.nanoTime();
      device.ok(next);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - began;
      }
    }
    trial().evidence().add(new Latency(series, nanos));
  }

  /** A request on a block. */
  @FunctionalInterface
  private interface Request {
    BlockRequest at(long block);
  }
}
