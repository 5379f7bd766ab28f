package org.tenon.kit.testing;

import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.tenon.spi.net.vswitch.SwitchExtension;

/** The thread of one port, on which its frames are decided on, one after the other. */
final class SwitchPortThread {
  private final int port;
  private final HostServices services;
  private final LinkedBlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
  private final Thread thread;

  SwitchPortThread(int port, HostServices services, HarnessOptions options) {
    this.port = port;
    this.services = services;
    thread = services.threads().harnessThread("port-" + port, this::run);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        calls.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void stop() {
    thread.interrupt();
  }

  /** Has the thread do something. */
  <T> CompletableFuture<T> call(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    calls.add(() -> {
      try {
        done.complete(work.call());
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  /** Has an extension decide on a frame, with views of its own. */
  CompletableFuture<SwitchVerdict> forward(
      SwitchExtension extension, SwitchedFrame frame, BitSet decided) {
    LentFrameView view = new LentFrameView(services.faults());
    LentDecision decision = new LentDecision(services.faults(), CheckingSwitchHost.MAX_PORTS);
    return call(() -> {
      view.lend(frame, port);
      decision.lend(decided);
      try {
        extension.forward(view, decision);
        return decision.verdict();
      } finally {
        view.takeBack();
        decision.takeBack();
      }
    });
  }
}
