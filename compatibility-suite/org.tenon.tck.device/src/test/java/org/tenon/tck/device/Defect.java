package org.tenon.tck.device;

/** What a {@link NoteFunction} does wrong, with the clause that must catch it. */
enum Defect {
  /** Nothing: the correct driver. */
  NONE(""),
  TAKES_MORE_THAN_OFFERED("DEV-001"),
  ANSWERS_BY_MOOD("DEV-002"),
  DESCRIBES_AN_UNAGREED_MSIX_BAR("DEV-006"),
  CHANGES_ITS_REVISION("DEV-005"),
  SHARES_ITS_REGISTERS("DEV-007"),
  THROWS_ON_A_BAD_VALUE("DEV-010"),
  BLOCKS_IN_A_READ("DEV-011"),
  COUNTS_ITS_READS("DEV-012"),
  SIGNALS_A_VECTOR_TOO_HIGH("DEV-013"),
  SIGNALS_WITHOUT_AGREEMENT("DEV-013"),
  RAISES_A_PIN_IT_HAS_NOT("DEV-014"),
  COPIES_WITHOUT_AGREEMENT("DEV-015"),
  DIES_OF_A_REFUSED_COPY("DEV-010"),
  KEEPS_A_LEASE_TOO_LONG("DEV-017"),
  GIVES_NO_LEASE_BACK("DEV-018"),
  INTERRUPTS_BEFORE_START("DEV-019"),
  RESETS_BY_HALF("DEV-020"),
  RINGS_AFTER_A_RESET("DEV-021"),
  IGNORES_UNKNOWN_RESETS("DEV-022"),
  OPERATORS_RESET_DOES_NOTHING("DEV-023"),
  INTERRUPTS_AT_REST("DEV-024"),
  FORGETS_IN_A_PAUSE("DEV-025"),
  FORGETS_ON_THE_MOVE("DEV-026"),
  READS_A_DAMAGED_STATE_BLINDLY("DEV-027"),
  ASKS_THE_HOSTS_CLOCK("DEV-028"),
  LEAVES_A_TIMER("DRV-009"),
  CLOSES_ONCE_ONLY("DRV-008");

  private final String clause;

  Defect(String clause) {
    this.clause = clause;
  }

  /** The clause that it breaks; empty for none. */
  String clause() {
    return clause;
  }
}
