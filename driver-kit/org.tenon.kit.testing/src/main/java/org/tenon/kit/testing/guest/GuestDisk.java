package org.tenon.kit.testing.guest;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tenon.api.Fault;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * A disk that a block driver serves.
 *
 * @param name what the test calls it
 * @param model as what the guest sees it
 * @param driver the driver under test
 * @param settings what a user would set for it
 * @param files where the paths among the settings lie
 * @param deadlines how long the hypervisor waits for the driver, in the host's time
 * @param faults hears of every clause that the hypervisor saw the driver break, on any thread
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestDisk(
    String name,
    Model model,
    BlockDriverFactory driver,
    SortedMap<String, String> settings,
    FileSystem files,
    Deadlines deadlines,
    Consumer<Fault> faults)
    implements Peripheral {
  /** As what kind of device a guest sees a disk. */
  public enum Model {
    /** virtio-blk over PCI: {@code /dev/vda}, {@code /dev/vdb} … */
    VIRTIO,
    /** An NVMe controller with one namespace: {@code /dev/nvme0n1}, {@code /dev/nvme1n1} … */
    NVME
  }

  /** Copies the settings. */
  public GuestDisk {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Real files, the usual deadlines, nobody listening. */
  public static GuestDisk of(
      String name, Model model, BlockDriverFactory driver, Map<String, String> settings) {
    return new GuestDisk(
        name,
        model,
        driver,
        new TreeMap<>(settings),
        FileSystems.getDefault(),
        Deadlines.DEFAULT,
        fault -> {});
  }

  /** The same with the driver's paths there. */
  public GuestDisk withFiles(FileSystem there) {
    return new GuestDisk(name, model, driver, settings, there, deadlines, faults);
  }

  /** The same with that patience. */
  public GuestDisk withDeadlines(Deadlines patience) {
    return new GuestDisk(name, model, driver, settings, files, patience, faults);
  }

  /** The same with that listener. */
  public GuestDisk withFaults(Consumer<Fault> listener) {
    return new GuestDisk(name, model, driver, settings, files, deadlines, listener);
  }
}
