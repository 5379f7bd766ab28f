package org.tenon.tck.core.verdict;

/** What is known of a clause. */
public enum ClauseStatus {
  /** Every test that covers it passed, in every tier that applies. */
  PASSED("passed", true),
  /** A test saw it broken. */
  FAILED("failed", false),
  /** A test that covers it did not pass for another reason, or was not run. */
  UNPROVEN("unproven", false),
  /** The subject did not agree to what it is about. */
  NOT_APPLICABLE("not applicable", true),
  /** It was not passed, and a waiver that is in force says so. */
  WAIVED("waived", true),
  /** It belongs to a level above the one that was asked for, or to another tier. */
  NOT_REQUESTED("not requested", false);

  private final String title;
  private final boolean satisfies;

  ClauseStatus(String title, boolean satisfies) {
    this.title = title;
    this.satisfies = satisfies;
  }

  /** Its name for people. */
  public String title() {
    return title;
  }

  /** Whether a level may be reached with it. */
  public boolean satisfies() {
    return satisfies;
  }
}
