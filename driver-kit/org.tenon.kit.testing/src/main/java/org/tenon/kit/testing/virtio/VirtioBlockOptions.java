package org.tenon.kit.testing.virtio;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.spi.Capability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockCapabilities;

/**
 * What a {@link VirtioBlockHost} is to make. Immutable; start from {@link #DEFAULT} and change
 * copies.
 *
 * @param queues how many request queues the device is to have at most, from 1; the driver may take
 *     fewer
 * @param queueSize the longest ring, in descriptors: a power of two up to 32768
 * @param memoryBytes how much guest memory
 * @param capabilities what the hypervisor offers to the driver
 * @param files where the driver's paths lie
 * @param clock time for driver and hypervisor; null for the hypervisor's own
 * @param deadlines how long the hypervisor waits for the driver
 * @param faults hears of every clause that the hypervisor saw the driver break, on any thread
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record VirtioBlockOptions(
    int queues,
    int queueSize,
    long memoryBytes,
    Set<Capability> capabilities,
    FileSystem files,
    @Nullable HostClock clock,
    Deadlines deadlines,
    Consumer<Fault> faults) {
  /** One queue of 128, 16 MiB, everything offered, real files, real time, nobody listening. */
  public static final VirtioBlockOptions DEFAULT =
      new VirtioBlockOptions(
          1,
          128,
          16L << 20,
          BlockCapabilities.ALL,
          FileSystems.getDefault(),
          null,
          Deadlines.DEFAULT,
          fault -> {});

  /** The same with so many queues. */
  public VirtioBlockOptions withQueues(int count) {
    return new VirtioBlockOptions(
        count, queueSize, memoryBytes, capabilities, files, clock, deadlines, faults);
  }

  /** The same with rings so long. */
  public VirtioBlockOptions withQueueSize(int descriptors) {
    return new VirtioBlockOptions(
        queues, descriptors, memoryBytes, capabilities, files, clock, deadlines, faults);
  }

  /** The same with so much guest memory. */
  public VirtioBlockOptions withMemoryBytes(long bytes) {
    return new VirtioBlockOptions(
        queues, queueSize, bytes, capabilities, files, clock, deadlines, faults);
  }

  /** The same offering only these. */
  public VirtioBlockOptions withCapabilities(Set<Capability> offered) {
    return new VirtioBlockOptions(
        queues, queueSize, memoryBytes, offered, files, clock, deadlines, faults);
  }

  /** The same with the driver's paths there. */
  public VirtioBlockOptions withFiles(FileSystem there) {
    return new VirtioBlockOptions(
        queues, queueSize, memoryBytes, capabilities, there, clock, deadlines, faults);
  }

  /** The same in that time. */
  public VirtioBlockOptions withClock(HostClock time) {
    return new VirtioBlockOptions(
        queues, queueSize, memoryBytes, capabilities, files, time, deadlines, faults);
  }

  /** The same with that patience. */
  public VirtioBlockOptions withDeadlines(Deadlines patience) {
    return new VirtioBlockOptions(
        queues, queueSize, memoryBytes, capabilities, files, clock, patience, faults);
  }

  /** The same with that listener. */
  public VirtioBlockOptions withFaults(Consumer<Fault> listener) {
    return new VirtioBlockOptions(
        queues, queueSize, memoryBytes, capabilities, files, clock, deadlines, listener);
  }
}
