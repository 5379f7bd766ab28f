package org.tenon.kit.testing.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Stability;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockQueue;

/** A driver with the faults of a script. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class FaultyDriver implements BlockDriver {
  private final BlockDriver inner;
  private final FaultyHost host;
  private final FaultScript script;
  private final CountDownLatch released = new CountDownLatch(1);
  private final List<FaultyQueue> queues = new ArrayList<>();

  FaultyDriver(BlockDriver inner, FaultyHost host, FaultScript script, BlockAgreement agreement) {
    this.inner = inner;
    this.host = host;
    this.script = script;
    for (int queue = 0; queue < agreement.queues(); queue++) {
      queues.add(new FaultyQueue(queue, inner.queue(queue), host, script, released));
    }
  }

  /** Lets every call return that hangs, and none hang again. Callable by any thread. */
  public void release() {
    released.countDown();
  }

  @Override
  public void start() throws DriverException {
    before(FaultScript.Control.START);
    inner.start();
  }

  @Override
  public CompletionStage<Void> quiesce() {
    before(FaultScript.Control.QUIESCE);
    return inner.quiesce().thenRun(host::completeDelayed);
  }

  @Override
  public void resume() {
    before(FaultScript.Control.RESUME);
    inner.resume();
  }

  @Override
  public CompletionStage<Void> reset() {
    before(FaultScript.Control.RESET);
    return inner.reset().thenRun(host::completeDelayed);
  }

  @Override
  public Health health() {
    return inner.health();
  }

  @Override
  public Migration migration() {
    return inner.migration();
  }

  @Override
  public BlockGeometry geometry() {
    return inner.geometry();
  }

  @Override
  public BlockIdentity identity() {
    return inner.identity();
  }

  @Override
  public BlockQueue queue(int index) {
    return queues.get(index);
  }

  /** Closes the inner driver, whatever the script says of the call. */
  @Override
  public void close() {
    try {
      before(FaultScript.Control.CLOSE);
    } finally {
      release();
      inner.close();
      host.completeDelayed();
    }
  }

  private void before(FaultScript.Control call) {
    commit(script.pick(call), released);
  }

  /** Hangs, throws or ends the process, if that is what the injection is. */
  static void commit(@Nullable Injection injection, CountDownLatch released) {
    switch (injection) {
      case Injection.Hang hang -> waitFor(released);
      case Injection.Throw thrown -> throw new InjectedException();
      case Injection.Exit exit -> Runtime.getRuntime().halt(exit.status());
      case null, default -> {}
    }
  }

  private static void waitFor(CountDownLatch released) {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What {@link Injection.Throw} throws. */
  static final class InjectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InjectedException() {
      super("an injected fault");
    }
  }
}
