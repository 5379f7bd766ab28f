package org.tenon.kit.testing.guest;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Stability;

/**
 * What to boot. Immutable; start from {@link #with} and change copies.
 *
 * @param kernel by the name that the hypervisor's user knows it, such as {@code cloud}
 * @param processors how many virtual processors
 * @param memoryBytes how much RAM
 * @param peripherals in the order in which they are plugged in; their names are different
 * @param files what the guest has in its root file system besides, by absolute path; scripts are
 *     executed by naming a shell
 * @param bootLimit how much of the guest's time its start may take
 * @param patient whether the host's time passes for the guest while it waits, so that somebody
 *     outside can answer; otherwise such time is skipped, and a run repeats
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestPlan(
    String kernel,
    int processors,
    long memoryBytes,
    List<Peripheral> peripherals,
    SortedMap<String, byte[]> files,
    Duration bootLimit,
    boolean patient) {
  /** The kernel unless a plan names another. */
  public static final String DEFAULT_KERNEL = "cloud";

  private static final long MEMORY = 256L << 20;
  private static final Duration BOOT = Duration.ofMinutes(2);

  /** Copies the collections. */
  public GuestPlan {
    peripherals = List.copyOf(peripherals);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    if (peripherals.stream().map(Peripheral::name).distinct().count() != peripherals.size()) {
      throw new IllegalArgumentException("two peripherals have one name: " + peripherals);
    }
  }

  /** The default kernel with two processors and 256 MiB. */
  public static GuestPlan with(Peripheral... peripherals) {
    return new GuestPlan(
        DEFAULT_KERNEL, 2, MEMORY, List.of(peripherals), new TreeMap<>(), BOOT, false);
  }

  /** The same with another kernel. */
  public GuestPlan withKernel(String name) {
    return new GuestPlan(name, processors, memoryBytes, peripherals, files, bootLimit, patient);
  }

  /** The same with so many processors. */
  public GuestPlan withProcessors(int count) {
    return new GuestPlan(kernel, count, memoryBytes, peripherals, files, bootLimit, patient);
  }

  /** The same with so much RAM. */
  public GuestPlan withMemoryBytes(long bytes) {
    return new GuestPlan(kernel, processors, bytes, peripherals, files, bootLimit, patient);
  }

  /** The same with a further file. */
  public GuestPlan withFile(String path, byte[] content) {
    SortedMap<String, byte[]> more = new TreeMap<>(files);
    more.put(path, content);
    return new GuestPlan(kernel, processors, memoryBytes, peripherals, more, bootLimit, patient);
  }

  /** The same for a guest that talks to somebody outside. */
  public GuestPlan withPatience() {
    return new GuestPlan(kernel, processors, memoryBytes, peripherals, files, bootLimit, true);
  }
}
