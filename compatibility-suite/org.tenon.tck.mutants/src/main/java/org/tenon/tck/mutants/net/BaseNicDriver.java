package org.tenon.tck.mutants.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.spi.Migration;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;
import org.tenon.tck.net.packet.Checksums;
import org.tenon.tck.net.packet.Layers;
import org.tenon.tck.net.packet.Toeplitz;

/** The driver of {@link BaseNicFactory}: its pairs, its choices and its life. */
class BaseNicDriver implements NicDriver, MemoryWire.End {
  private static final MacAddress ADDRESS = MacAddress.parse("02:00:5e:00:53:01");
  private static final NicLink UP = NicLink.up(10_000);

  /** Makes a pair. */
  @FunctionalInterface
  interface PairMaker {
    BaseNicPair make(BaseNicDriver driver, int index);
  }

  final NicAgreement agreement;
  final NicHost host;
  final MemoryWire wire;
  final BaseNicCounters counters = new BaseNicCounters();
  final List<BaseNicPair> pairs = new ArrayList<>();
  volatile NicFilter filter = NicFilter.NONE;
  volatile @Nullable NicSteering steering;
  volatile NicLink link = UP;
  private volatile boolean closed;

  BaseNicDriver(NicAgreement agreement, NicHost host, MemoryWire wire, PairMaker maker) {
    this.agreement = agreement;
    this.host = host;
    this.wire = wire;
    for (int i = 0; i < agreement.queuePairs(); i++) {
      pairs.add(maker.make(this, i));
    }
  }

  // What comes.

  @Override
  public void arrive(byte[] frame) {
    if (frame.length > properties().maxFrameBytes()) {
      counters.tooLong();
    } else if (passes(frame)) {
      pairs.get(steer(frame)).receive(frame, word(frame));
    }
  }

  /** Whether the filter lets a frame pass. */
  boolean passes(byte[] frame) {
    return passesAddress(frame) && passesVlan(frame);
  }

  boolean passesAddress(byte[] frame) {
    return !agreement.has(NicCapabilities.ADDRESS_FILTER) || filter.passes(destination(frame));
  }

  boolean passesVlan(byte[] frame) {
    return !agreement.has(NicCapabilities.VLAN_FILTER)
        || filter.passesVlan(Layers.of(frame).vlan());
  }

  /** The pair on which a frame arrives. */
  int steer(byte[] frame) {
    NicSteering chosen = steering;
    if (chosen != null) {
      return Toeplitz.queue(frame, chosen);
    }
    Layers layers = Layers.of(frame);
    int at = layers.hasTransport() ? layers.transport() : 0;
    return layers.hasTransport() ? (frame[at + 1] & 0xff) % pairs.size() : 0;
  }

  /** What is said of a frame that arrives. */
  long word(byte[] frame) {
    boolean known = agreement.has(NicCapabilities.RECEIVE_CHECKSUM) && Checksums.areRight(frame);
    return known ? NicOffload.valid() : NicOffload.NONE;
  }

  @Override
  public void linkIs(boolean up) {
    NicLink now = up ? UP : NicLink.DOWN;
    if (!now.equals(link) && agreement.has(NicCapabilities.LINK_STATE)) {
      link = now;
      host.linkChanged(now);
    }
  }

  static MacAddress destination(byte[] frame) {
    long bits = 0;
    for (int i = 0; i < MacAddress.BYTES; i++) {
      bits = bits << 8 | frame[i] & 0xff;
    }
    return new MacAddress(bits);
  }

  // What the host asks.

  @Override
  public NicProperties properties() {
    return new NicProperties(ADDRESS, NicProperties.ETHERNET_MTU, 256, 65_535 + 22);
  }

  @Override
  public NicLink link() {
    return link;
  }

  @Override
  public BaseNicPair queuePair(int index) {
    return pairs.get(index);
  }

  @Override
  public void setFilter(NicFilter chosen) {
    filter = chosen;
  }

  @Override
  public void setSteering(NicSteering chosen) {
    steering = chosen;
  }

  @Override
  public NicStatistics statistics() {
    return counters.now();
  }

  @Override
  public void start() {
    wire.plug(this);
    pairs.forEach(BaseNicPair::start);
  }

  @Override
  public CompletionStage<Void> quiesce() {
    return whenIdle().thenRun(this::returnBuffers);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    pairs.forEach(BaseNicPair::abort);
    return whenIdle().thenRun(this::returnBuffers);
  }

  final CompletableFuture<Void> whenIdle() {
    return CompletableFuture.allOf(
        pairs.stream().map(BaseNicPair::whenIdle).toArray(CompletableFuture[]::new));
  }

  /** Whether close has begun. */
  final boolean isClosing() {
    return closed;
  }

  void returnBuffers() {
    pairs.forEach(BaseNicPair::returnBuffers);
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
    if (!closed) {
      closed = true;
      wire.unplug();
      pairs.forEach(BaseNicPair::stop);
      returnBuffers();
    }
  }
}
