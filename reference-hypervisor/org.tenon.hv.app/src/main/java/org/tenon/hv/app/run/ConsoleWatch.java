package org.tenon.hv.app.run;

import java.nio.charset.StandardCharsets;
import org.tenon.hv.machine.MachineConfig;

/**
 * Passes the guest's output on and notices when a text appears in it, once. Run-loop thread only.
 */
public final class ConsoleWatch implements MachineConfig.Console {
  private final MachineConfig.Console next;
  private final byte[] text;
  private final byte[] latest;
  private int count;
  private boolean seen;
  private Runnable onSeen = () -> {};

  /**
   * Watches for a text.
   *
   * @param next takes every byte
   * @param text not empty
   */
  public ConsoleWatch(MachineConfig.Console next, String text) {
    this.next = next;
    this.text = text.getBytes(StandardCharsets.UTF_8);
    if (this.text.length == 0) {
      throw new IllegalArgumentException("the text to wait for is empty");
    }
    latest = new byte[this.text.length];
  }

  /** What to do when the text has appeared. */
  public void whenSeen(Runnable action) {
    onSeen = action;
  }

  /** Whether the text has appeared. */
  public boolean isSeen() {
    return seen;
  }

  @Override
  public void output(int value) {
    next.output(value);
    if (!seen) {
      latest[count++ % latest.length] = (byte) value;
      if (endsWithText()) {
        seen = true;
        onSeen.run();
      }
    }
  }

  private boolean endsWithText() {
    for (int i = 0; i < text.length; i++) {
      if (latest[(count + i) % latest.length] != text[i]) {
        return false;
      }
    }
    return true;
  }
}
