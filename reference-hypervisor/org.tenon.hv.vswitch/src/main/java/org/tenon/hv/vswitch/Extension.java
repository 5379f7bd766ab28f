package org.tenon.hv.vswitch;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.attach.ControlThread;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchPort;

/**
 * One extension, not trusted: what it throws, and that it does not return, is its fault. From the
 * first fault on it is not called any more, and its switch goes on without it, or forwards nothing,
 * as the user chose.
 *
 * <p>Its control methods are called by a thread of its own, for which the switch waits no longer
 * than the deadline. {@link #forward} is called by the threads of the ports, on which {@link
 * CallWatch} looks: one that does not come back has lost its port its thread, and the others go on.
 */
final class Extension implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Extension.class.getName());

  private final String name;
  private final boolean failOpen;
  private final Deadlines deadlines;
  private final ControlThread control;
  private final CallWatch calls;
  private final AtomicReference<@Nullable SwitchExtension> opened = new AtomicReference<>();
  private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();

  /** Nobody waits for it any more. */
  private volatile boolean closed;

  private Extension(String name, boolean failOpen, ExtensionLimits limits) {
    this.name = name;
    this.failOpen = failOpen;
    this.deadlines = limits.deadlines();
    control = new ControlThread(name);
    calls = new CallWatch(limits.clock(), limits.forward(), this::hangs);
  }

  /**
   * Opens and starts an extension of a switch.
   *
   * @throws DriverException if it refuses, fails or does not return; nothing stays open
   */
  static Extension open(
      String switchName,
      SwitchExtensionFactory factory,
      Config config,
      boolean failOpen,
      ExtensionLimits limits)
      throws DriverException {
    String id = factory.id().value();
    ExtensionHost host = new ExtensionHost(switchName, id, limits);
    Extension extension = new Extension(id + "@" + switchName, failOpen, limits);
    try {
      extension.call(() -> {
        SwitchExtension made = factory.open(config, host);
        extension.opened.set(made);
        if (extension.closed) {
          made.close();
        } else {
          made.start();
        }
      });
      return extension;
    } catch (ExecutionException e) {
      extension.close();
      throw e.getCause() instanceof DriverException refused
          ? refused
          : new DriverException(
              Status.IO_ERROR, "%s failed: %s".formatted(extension.name, e.getCause()), e);
    } catch (TimeoutException e) {
      extension.close();
      throw new DriverException(
          Status.TIMEOUT,
          "%s did not open within %s".formatted(extension.name, limits.deadlines().control()),
          e);
    }
  }

  /** Decides on a frame; the thread of the port by which it enters. */
  void forward(Frame frame, Decision decision) {
    SwitchExtension extension = opened.get();
    if (fault.get() != null || extension == null) {
      fail(decision);
      return;
    }
    decision.remember();
    calls.begin(frame.port());
    try {
      extension.forward(frame, decision);
    } catch (Throwable t) {
      broke(Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, "forward threw " + t);
    } finally {
      calls.end(frame.port());
    }
    if (fault.get() != null) {
      calls.forgetInterrupt();
      decision.restore();
      fail(decision);
    }
  }

  private void fail(Decision decision) {
    if (!failOpen) {
      decision.begin(0);
    }
  }

  private void hangs(int port) {
    broke(
        Clauses.FORWARD_RETURNS,
        Fault.Kind.HUNG,
        "forward of a frame of port %d has not returned; the port is lost with its thread"
            .formatted(port));
  }

  void portAdded(Port port) {
    SwitchPort told =
        new SwitchPort(
            port.number(), port.settings().name(), port.isUplink(), port.settings().vlan());
    tell("portAdded", extension -> extension.portAdded(told));
  }

  void portRemoved(int port) {
    tell("portRemoved", extension -> extension.portRemoved(port));
  }

  /** Something to have an extension do. */
  private interface Call {
    void on(SwitchExtension extension);
  }

  /** A step on the control thread. */
  private interface Step {
    void run() throws Exception;
  }

  private void tell(String what, Call call) {
    SwitchExtension extension = opened.get();
    if (fault.get() != null || extension == null) {
      return;
    }
    try {
      call(() -> call.on(extension));
    } catch (ExecutionException e) {
      broke(Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, what + " threw " + e.getCause());
    } catch (TimeoutException e) {
      broke(
          Clauses.CONTROL_DEADLINE,
          Fault.Kind.HUNG,
          "%s did not return within %s".formatted(what, deadlines.control()));
    }
  }

  /** Has the control thread do something and waits for it, but not for ever. */
  private void call(Step step) throws ExecutionException, TimeoutException {
    CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    try {
      control.execute(() -> {
        try {
          step.run();
          over.complete(null);
        } catch (Throwable t) {
          over.completeExceptionally(t);
        }
      });
      over.orTimeout(deadlines.control().toNanos(), TimeUnit.NANOSECONDS).join();
    } catch (RejectedExecutionException e) {
      throw new ExecutionException(e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException late) {
        throw late;
      }
      throw new ExecutionException(e.getCause());
    }
  }

  private void broke(ClauseId clause, Fault.Kind kind, String detail) {
    Fault found = new Fault(clause, kind, name, detail);
    if (fault.compareAndSet(null, found)) {
      LOG.log(
          Level.ERROR,
          "the switch goes on {0}: {1}",
          failOpen ? "without an extension" : "forwarding nothing",
          found);
    }
  }

  /** The promise that it broke; null while it keeps them. */
  @Nullable Fault fault() {
    return fault.get();
  }

  /** Closes it, in whatever state it is, and ends its thread. */
  @Override
  public void close() {
    closed = true;
    calls.close();
    SwitchExtension extension = opened.getAndSet(null);
    if (extension != null) {
      try {
        call(extension::close);
      } catch (ExecutionException e) {
        broke(Clauses.NO_METHOD_THROWS, Fault.Kind.THREW, "close threw " + e.getCause());
      } catch (TimeoutException e) {
        broke(
            Clauses.CONTROL_DEADLINE,
            Fault.Kind.HUNG,
            "close did not return within " + deadlines.control());
      }
    }
    control.close();
  }
}
