package org.tenon.hv.machine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.spi.Driver;
import org.tenon.spi.Migration;

/** The life of a test's driver that has nothing to start, to wait for, to move or to close. */
interface PlainDriver extends Driver {
  @Override
  default void start() {}

  @Override
  default CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  default void resume() {}

  @Override
  default CompletionStage<Void> reset() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  default Health health() {
    return Health.up();
  }

  @Override
  default Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  default void close() {}
}
