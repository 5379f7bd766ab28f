package org.tenon.hv.machine;

import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockQueue;

/** A driver whose storage swallows everything at once; or, if told, one that cannot be opened. */
record NullDisk(boolean refuses) implements BlockDriverFactory, PlainFactory {
  @Override
  public Identifier id() {
    return new Identifier("null-disk");
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) {
    return offer.accept().take(BlockCapabilities.FLUSH).queues(offer.maxQueues()).build();
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
      throws DriverException {
    if (refuses) {
      throw new DriverException(Status.DENIED, "the storage is locked");
    }
    return new Opened(host);
  }

  private record Opened(BlockHost host) implements BlockDriver, PlainDriver {
    @Override
    public BlockGeometry geometry() {
      return BlockGeometry.of(2048, 512).build();
    }

    @Override
    public BlockIdentity identity() {
      return new BlockIdentity("Tenon", "Null disk", "1", "0");
    }

    @Override
    public BlockQueue queue(int index) {
      return batch -> submit(index, batch);
    }

    private int submit(int queue, BlockBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        int tag = batch.tag(i);
        var rows = host.requests(queue);
        long bytes = 0;
        for (int segment = 0; segment < rows.segments(tag); segment++) {
          bytes += rows.length(tag, segment);
        }
        host.complete(queue, tag, Status.OK, bytes);
      }
      return batch.size();
    }
  }
}
