package org.tenon.tck.block.subject;

import java.nio.file.FileSystem;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.api.Stability;

/**
 * The way from a driver to its storage.
 *
 * @param settings what the driver's user would set
 * @param files where the paths among them lie
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record Reach(SortedMap<String, String> settings, FileSystem files) {
  /** Copies the settings. */
  public Reach {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** The same with further settings. */
  public Reach with(Map<String, String> more) {
    SortedMap<String, String> all = new TreeMap<>(settings);
    all.putAll(more);
    return new Reach(all, files);
  }
}
