package org.tenon.hv.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.plugin.Bundle;

/**
 * Watches over the end of the process while a bundle is open: its private copy is removed also when
 * a signal ends the process, and a driver that calls {@code System.exit} is a verdict against the
 * driver, whatever status it chose. Its hook runs on a thread of its own while the JVM shuts down.
 */
final class ExitGuard implements AutoCloseable {
  private final Console console;
  private final Bundle bundle;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final Thread hook = new Thread(this::processEnds, "exit-guard");

  private ExitGuard(Console console, Bundle bundle) {
    this.console = console;
    this.bundle = bundle;
  }

  /** Watches from now until closed; {@link #close()} closes the bundle too. */
  static ExitGuard watch(Bundle bundle, Console console) {
    ExitGuard guard = new ExitGuard(console, bundle);
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  /** What is watched. */
  Bundle bundle() {
    return bundle;
  }

  @Override
  public void close() {
    closeBundle();
    Runtime.getRuntime().removeShutdownHook(hook);
  }

  private void processEnds() {
    boolean wasOpen = closeBundle();
    String caller = whoCalledExit();
    if (wasOpen && caller != null) {
      console.showLive(null);
      console.complain(
          "%s: %s called System.exit; a driver must leave the process to its host"
              .formatted(bundle.origin(), caller));
      Runtime.getRuntime().halt(ExitStatus.AGAINST_SUBJECT);
    }
  }

  private boolean closeBundle() {
    boolean wasOpen = open.getAndSet(false);
    if (wasOpen) {
      bundle.close();
    }
    return wasOpen;
  }

  /**
   * The class that called exit, if one did: the thread that did waits in that very call for this
   * hook.
   */
  private static @Nullable String whoCalledExit() {
    for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
      List<String> frames = new ArrayList<>();
      for (StackTraceElement frame : stack) {
        frames.add(frame.getClassName() + "." + frame.getMethodName());
      }
      int exit =
          Math.max(
              frames.lastIndexOf("java.lang.System.exit"),
              frames.lastIndexOf("java.lang.Runtime.exit"));
      if (exit >= 0 && exit + 1 < stack.length) {
        return stack[exit + 1].getClassName();
      }
    }
    return null;
  }
}
