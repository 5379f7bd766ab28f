package org.tenon.kit.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Migration;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/**
 * A card without capabilities that receives what it sends; wrong in one point where a test asks.
 */
class EchoNic implements NicDriver, NicQueuePair {
  /** What it does wrong. */
  enum Defect {
    NONE,
    COMPLETES_TWICE,
    WRITES_BEYOND,
    READS_AFTERWARDS,
    KEEPS_BUFFERS,
    SPEAKS_OF_CHECKSUMS
  }

  /** Opens one. */
  static class Factory implements NicDriverFactory {
    private final Defect defect;

    Factory() {
      this(Defect.NONE);
    }

    Factory(Defect defect) {
      this.defect = defect;
    }

    @Override
    public Identifier id() {
      return new Identifier("echo");
    }

    @Override
    public VersionRange spi() {
      return VersionRange.compatibleWith(new Version(1, 0, 0));
    }

    @Override
    public List<ConfigKey> configKeys() {
      return List.of();
    }

    @Override
    public NicAgreement negotiate(NicOffer offer) {
      return offer.accept().build();
    }

    @Override
    public NicDriver open(NicAgreement agreement, Config config, NicHost host) {
      return new EchoNic(host, defect);
    }
  }

  private final NicHost host;
  private final Defect defect;
  private final Deque<Integer> posted = new ArrayDeque<>();

  EchoNic(NicHost host, Defect defect) {
    this.host = host;
    this.defect = defect;
  }

  @Override
  public synchronized int transmit(NicBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      int tag = batch.tag(i);
      MemorySegment memory = host.frames(0).memory(tag, 0);
      long offset = host.frames(0).offset(tag, 0);
      byte[] frame = new byte[host.frames(0).length(tag, 0)];
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, frame, 0, frame.length);
      host.transmitted(0, tag, Status.OK);
      if (defect == Defect.COMPLETES_TWICE) {
        host.transmitted(0, tag, Status.OK);
      }
      if (defect == Defect.READS_AFTERWARDS) {
        memory.get(ValueLayout.JAVA_BYTE, offset);
      }
      arrive(frame);
    }
    return batch.size();
  }

  private void arrive(byte[] frame) {
    if (posted.isEmpty()) {
      return;
    }
    int tag = posted.remove();
    MemorySegment memory = host.buffers(0).memory(tag, 0);
    long offset = host.buffers(0).offset(tag, 0);
    MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, offset, frame.length);
    if (defect == Defect.WRITES_BEYOND) {
      memory.set(ValueLayout.JAVA_BYTE, offset + frame.length, (byte) 1);
    }
    long word = defect == Defect.SPEAKS_OF_CHECKSUMS ? NicOffload.valid() : 0;
    host.received(0, tag, frame.length, 0, word);
  }

  @Override
  public synchronized int post(NicBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      posted.add(batch.tag(i));
    }
    return batch.size();
  }

  @Override
  public NicProperties properties() {
    return new NicProperties(MacAddress.parse("02:00:5e:00:53:02"), 1500, 1, 1522);
  }

  @Override
  public NicLink link() {
    return NicLink.up(0);
  }

  @Override
  public NicQueuePair queuePair(int index) {
    return this;
  }

  @Override
  public void setFilter(NicFilter filter) {}

  @Override
  public void setSteering(NicSteering steering) {}

  @Override
  public NicStatistics statistics() {
    return new NicStatistics(0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void start() {}

  @Override
  public CompletionStage<Void> quiesce() {
    returnBuffers();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    return quiesce();
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public void close() {
    returnBuffers();
  }

  private synchronized void returnBuffers() {
    if (defect != Defect.KEEPS_BUFFERS) {
      while (!posted.isEmpty()) {
        host.returned(0, posted.remove());
      }
    }
  }
}
