package org.tenon.tck.block.subject;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tenon.api.Stability;

/** Where a driver keeps its data, and how the suite provides that. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface Storage {
  /** What it is, for the report, such as {@code raw image file}. */
  String title();

  /**
   * Makes fresh storage that reads as zeroes.
   *
   * @param folder where its files go; belongs to the caller
   * @param bytes the size, a multiple of 64 KiB
   * @throws IOException if it cannot be made
   */
  Scratch create(Path folder, long bytes) throws IOException;

  /**
   * Reaches storage that is already there and stays.
   *
   * @param image the raw image that holds it
   * @throws IOException if it cannot be reached
   */
  Scratch over(Path image) throws IOException;

  /**
   * Ways that lead nowhere: settings that are well formed and cannot work.
   *
   * @param folder an empty folder
   */
  List<Reach> hopeless(Path folder);
}
