package org.tenon.tck.block;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.samples.blockfile.FileBlockDriverFactory;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/** The file sample with two defects: it discards one block too many, and calls what it does not know an I/O error. */
final class OverreachingDriverFactory implements BlockDriverFactory {
  private final BlockDriverFactory real = new FileBlockDriverFactory();

  @Override
  public Identifier id() {
    return new Identifier("block-overreaching");
  }

  @Override
  public VersionRange spi() {
    return real.spi();
  }

  @Override
  public List<ConfigKey> configKeys() {
    return real.configKeys();
  }

  @Override
  public BlockAgreement negotiate(BlockOffer offer) throws DriverException {
    return real.negotiate(offer);
  }

  @Override
  public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host) throws DriverException {
    return real.open(agreement, config, new DefectiveView(host));
  }

  /** Shows the sample its host with the defects in between. */
  private record DefectiveView(BlockHost host) implements BlockHost {
    @Override
    public BlockRequests requests(int queue) {
      return new Longer(host.requests(queue));
    }

    @Override
    public void complete(int queue, int tag, int status, long bytes) {
      host.complete(queue, tag, status == Status.UNSUPPORTED ? Status.IO_ERROR : status, bytes);
    }

    @Override
    public void queueReady(int queue) {
      host.queueReady(queue);
    }

    @Override
    public void geometryChanged(BlockGeometry now) {
      host.geometryChanged(now);
    }

    @Override
    public HostClock clock() {
      return host.clock();
    }

    @Override
    public Deadlines deadlines() {
      return host.deadlines();
    }

    @Override
    public Thread newThread(String name, Runnable work) {
      return host.newThread(name, work);
    }

    @Override
    public System.Logger log() {
      return host.log();
    }

    @Override
    public void healthChanged(Health now) {
      host.healthChanged(now);
    }
  }

  /** Requests whose discards are one block longer. */
  private record Longer(BlockRequests real) implements BlockRequests {
    @Override
    public int operation(int tag) {
      return real.operation(tag);
    }

    @Override
    public int flags(int tag) {
      return real.flags(tag);
    }

    @Override
    public long block(int tag) {
      return real.block(tag);
    }

    @Override
    public int blocks(int tag) {
      return real.blocks(tag) + (operation(tag) == BlockOperation.DISCARD ? 1 : 0);
    }

    @Override
    public int segments(int tag) {
      return real.segments(tag);
    }

    @Override
    public MemorySegment memory(int tag, int segment) {
      return real.memory(tag, segment);
    }

    @Override
    public long offset(int tag, int segment) {
      return real.offset(tag, segment);
    }

    @Override
    public long length(int tag, int segment) {
      return real.length(tag, segment);
    }
  }
}
