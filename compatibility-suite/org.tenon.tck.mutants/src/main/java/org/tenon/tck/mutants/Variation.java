package org.tenon.tck.mutants;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.tenon.spi.block.BlockAgreement;

/** The base driver with one of its parts replaced. */
final class Variation extends BaseFactory {
  /** Makes a queue. */
  @FunctionalInterface
  interface QueueMaker {
    BaseQueue make(BaseDriver driver, int index);
  }

  /** Makes a storage. */
  @FunctionalInterface
  interface StorageMaker {
    BaseStorage make(FileChannel channel, BlockAgreement agreement) throws IOException;
  }

  /** Makes a driver. */
  @FunctionalInterface
  interface DriverMaker {
    BaseDriver make(Opening opening);
  }

  private final QueueMaker queues;
  private final StorageMaker storages;
  private final DriverMaker drivers;

  private Variation(QueueMaker queues, StorageMaker storages, DriverMaker drivers) {
    this.queues = queues;
    this.storages = storages;
    this.drivers = drivers;
  }

  static Variation queue(QueueMaker maker) {
    return new Variation(maker, BaseStorage::new, BaseDriver::new);
  }

  static Variation storage(StorageMaker maker) {
    return new Variation(BaseQueue::new, maker, BaseDriver::new);
  }

  static Variation driver(DriverMaker maker) {
    return new Variation(BaseQueue::new, BaseStorage::new, maker);
  }

  @Override
  BaseQueue newQueue(BaseDriver driver, int index) {
    return queues.make(driver, index);
  }

  @Override
  BaseStorage newStorage(Path image, FileChannel channel, BlockAgreement agreement)
      throws IOException {
    return storages.make(channel, agreement);
  }

  @Override
  BaseDriver newDriver(Opening opening) {
    return drivers.make(opening);
  }
}
