package org.tenon.hv.app.run;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.machine.MachineConfig;

/**
 * Standard input and output as the guest's serial console. On a terminal the input is raw, so that
 * the guest sees every key but the escape key, Ctrl-A: then x ends the run, a second Ctrl-A goes to
 * the guest. Input that is not a terminal goes to the guest as it is. Output is written as it
 * comes, by the run-loop thread; input is read by a thread of its own.
 */
public final class GuestConsole implements MachineConfig.Console, AutoCloseable {
  private static final int ESCAPE = 1;
  private static final int BUFFER = 1024;

  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final @Nullable Terminal terminal;
  private int lastOutput = '\n';

  private GuestConsole(@Nullable Terminal terminal) {
    this.terminal = terminal;
    if (terminal != null) {
      // Closing it gives the user's mode back; JLine closes it also when a signal ends the process.
      terminal.enterRawMode();
    }
  }

  /**
   * Takes over standard input and output.
   *
   * @param interactive whether standard input is a terminal
   */
  public static GuestConsole open(boolean interactive) throws IOException {
    return new GuestConsole(interactive ? systemTerminal() : null);
  }

  /** Without questions to the terminal, whose answers the guest would take for keys. */
  private static Terminal systemTerminal() throws IOException {
    return TerminalBuilder.builder().system(true).dumb(false).graphemeCluster(false).build();
  }

  @Override
  public void output(int value) {
    try {
      out.write(value);
      lastOutput = value;
    } catch (IOException e) {
      throw new UncheckedIOException("standard output is closed", e);
    }
  }

  /**
   * Begins to read.
   *
   * @param typed takes what is meant for the guest, on the reader's thread
   * @param quit the user wants to end the run
   */
  public void read(Consumer<byte[]> typed, Runnable quit) {
    boolean escapes = terminal != null;
    Thread.ofPlatform()
        .name("guest-console")
        .daemon()
        .start(() -> copy(System.in, escapes, typed, quit));
  }

  private static void copy(InputStream in, boolean escapes, Consumer<byte[]> typed, Runnable quit) {
    byte[] buffer = new byte[BUFFER];
    boolean escaped = false;
    try {
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        if (!escapes) {
          typed.accept(Arrays.copyOf(buffer, count));
          continue;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
          byte key = buffer[i];
          if (escaped && (key == 'x' || key == 'X')) {
            typed.accept(Arrays.copyOf(buffer, kept));
            quit.run();
            return;
          }
          if (key != ESCAPE || escaped) {
            buffer[kept++] = key;
          }
          escaped = key == ESCAPE && !escaped;
        }
        typed.accept(Arrays.copyOf(buffer, kept));
      }
    } catch (IOException e) {
      // The terminal is gone or closed: nobody types any more, and the guest runs on.
      return;
    }
  }

  /** Gives the terminal back, the cursor at the start of a line. */
  @Override
  public void close() throws IOException {
    if (terminal != null) {
      if (lastOutput != '\n') {
        out.write('\n');
      }
      terminal.close();
    }
  }
}
