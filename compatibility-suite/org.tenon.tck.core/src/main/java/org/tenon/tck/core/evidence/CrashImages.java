package org.tenon.tck.core.evidence;

/**
 * The images that one cut of the power may legally leave, and what became of them.
 *
 * @param scenario the workload: a row of the matrix
 * @param cut after how many operations of the workload the power was cut: a column
 * @param after where the cut lies, for people, such as {@code after WRITE block 4 + 2}
 * @param images how many legal images were opened again: all, or a seeded choice
 * @param violations how many of them broke a clause
 */
public record CrashImages(String scenario, int cut, String after, long images, long violations) {
  /**
   * Checks the counts.
   *
   * @throws IllegalArgumentException if one is negative, or more images broke than were opened
   */
  public CrashImages {
    if (cut < 0 || violations < 0 || violations > images) {
      throw new IllegalArgumentException(
          "no crash cell has cut %d, %d images and %d violations"
              .formatted(cut, images, violations));
    }
  }
}
