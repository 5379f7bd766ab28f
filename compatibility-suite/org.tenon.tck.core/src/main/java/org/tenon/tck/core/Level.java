package org.tenon.tck.core;

import org.tenon.api.Stability;

/** The rungs of certification, each on top of those before it. */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public enum Level {
  /** It can be loaded: manifest, versions, module boundaries. */
  L0("Loadable", "manifest, versions, module boundaries"),
  /** It keeps its contract, in what it offers and in what it does not. */
  L1("Functional", "the contract, in what it offers and in what it does not"),
  /** It keeps its contract under faults, resets, hangs, kills and concurrency. */
  L2("Robust", "faults, resets, hangs, kills, concurrency"),
  /** What it acknowledged as durable survives every legal power cut. */
  L3("Durable", "acknowledged data survives power cuts");

  private final String title;
  private final String summary;

  Level(String title, String summary) {
    this.title = title;
    this.summary = summary;
  }

  /** Its name for people, such as {@code Functional}. */
  public String title() {
    return title;
  }

  /** What it takes, in a few words. */
  public String summary() {
    return summary;
  }

  /** Whether whoever reaches this level has reached the other. */
  public boolean includes(Level other) {
    return compareTo(other) >= 0;
  }

  /**
   * Reads {@code L2} or {@code robust}, in any case.
   *
   * @throws IllegalArgumentException if the text is neither; the message lists what is
   */
  public static Level parse(String text) {
    for (Level level : values()) {
      if (level.name().equalsIgnoreCase(text) || level.title.equalsIgnoreCase(text)) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is no level: use L0 (loadable), L1 (functional), L2 (robust) or L3 (durable)");
  }
}
