package org.tenon.kit.testing.guest;

import java.util.List;
import org.tenon.api.Stability;

/** A guest that ended, or took longer than it may. The message is one sentence. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestLost extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> console;

  /**
   * A guest that is lost.
   *
   * @param why in one sentence
   * @param console its last lines, from the kernel's panic on if there was one
   */
  public GuestLost(String why, List<String> console) {
    super(why);
    this.console = List.copyOf(console);
  }

  /** The last lines of its console, from the kernel's panic on if there was one. */
  public List<String> console() {
    return console;
  }
}
