package org.tenon.kit.testing.fault;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockQueue;
import org.tenon.spi.block.BlockRequests;

/** Hands requests on to the inner driver one by one, each with what the script does to it. */
final class FaultyQueue implements BlockQueue {
  private final int queue;
  private final BlockQueue inner;
  private final FaultyHost host;
  private final FaultScript script;
  private final CountDownLatch released;
  private final Single single = new Single();

  FaultyQueue(
      int queue, BlockQueue inner, FaultyHost host, FaultScript script, CountDownLatch released) {
    this.queue = queue;
    this.inner = inner;
    this.host = host;
    this.script = script;
    this.released = released;
  }

  @Override
  public int submit(BlockBatch batch) {
    BlockRequests requests = host.outer(queue);
    for (int i = 0; i < batch.size(); i++) {
      int tag = batch.tag(i);
      Injection injection =
          script.pick(
              new FaultScript.Request(
                  requests.operation(tag), requests.block(tag), requests.blocks(tag)));
      FaultyDriver.commit(injection, released);
      if (!accept(tag, injection)) {
        return i;
      }
    }
    return batch.size();
  }

  private boolean accept(int tag, @Nullable Injection injection) {
    if (injection instanceof Injection.Fail fail) {
      host.finish(queue, tag, fail.status(), 0);
      return true;
    }
    host.expect(queue, tag, injection);
    boolean isWrite = host.outer(queue).operation(tag) == BlockOperation.WRITE;
    if (isWrite && injection instanceof Injection.Tear tear && tear.blocks() == 0) {
      host.complete(queue, tag, Status.OK, 0);
      return true;
    }
    single.tag = tag;
    return inner.submit(single) == 1;
  }

  /** A batch of one. */
  private static final class Single implements BlockBatch {
    private int tag;

    @Override
    public int size() {
      return 1;
    }

    @Override
    public int tag(int index) {
      return tag;
    }
  }
}
