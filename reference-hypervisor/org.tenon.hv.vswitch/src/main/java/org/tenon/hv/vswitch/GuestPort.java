package org.tenon.hv.vswitch;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.hv.attach.ReceiveOffloads;
import org.tenon.hv.vswitch.Departure.Tagging;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicFilter;
import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/**
 * The port of one guest's card. To the card it is a NIC driver like any other; it can be opened
 * once. Made by {@link VirtualSwitch#guestPort}.
 */
public final class GuestPort extends Port implements NicDriverFactory {
  private static final NicCapabilitySet TAKEN = new NicCapabilitySet();
  private static final int MAX_SEGMENTS = 64;
  private static final int SPEED = 10_000;

  private final VirtualSwitch owner;
  private final MacAddress address;
  private volatile @Nullable Card card;

  GuestPort(
      VirtualSwitch owner,
      int number,
      PortSettings settings,
      MacAddress address,
      LongSupplier nanoTime) {
    super(number, settings, nanoTime);
    this.owner = owner;
    this.address = address;
  }

  private static final class NicCapabilitySet {
    NicAgreement of(NicOffer offer) {
      return offer
          .accept()
          .take(
              NicCapabilities.TRANSMIT_CHECKSUM,
              NicCapabilities.TRANSMIT_TCP4,
              NicCapabilities.TRANSMIT_TCP6,
              NicCapabilities.RECEIVE_CHECKSUM,
              NicCapabilities.RECEIVE_JOINED,
              NicCapabilities.SCATTERED_RECEIVE,
              NicCapabilities.ADDRESS_FILTER,
              NicCapabilities.VLAN_FILTER)
          .build();
    }
  }

  @Override
  boolean isUplink() {
    return false;
  }

  @Override
  void leave(Frame frame, Tagging tagging) {
    Card to = card;
    if (to != null) {
      to.leave(frame, tagging);
    }
  }

  @Override
  public Identifier id() {
    return new Identifier("switch");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return TAKEN.of(offer);
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host)
      throws DriverException {
    if (card != null) {
      throw new DriverException(
          Status.CONFLICT, "port %s has a card already".formatted(settings().name()));
    }
    Card opened = new Card(agreement, host);
    card = opened;
    return opened;
  }

  /** What the card's model speaks to. */
  private final class Card implements NicDriver, NicQueuePair, ReceiveOffloads {
    private final NicHost host;
    private final NicFrames frames;
    private final Frame entering;
    private final Departure departure = new Departure(owner.mtu() + NicProperties.OVERHEAD_BYTES);
    private final BufferWriter writer;
    private final boolean canChecksum;
    private final boolean canJoin;
    private AddressFilter filter = new AddressFilter(NicFilter.NONE);
    private boolean checksums;
    private boolean joined;
    private boolean serves;

    Card(NicAgreement agreement, NicHost host) {
      this.host = host;
      frames = host.frames(0);
      entering = new Frame(owner.looksAtAll(), owner.longest());
      canChecksum = agreement.has(NicCapabilities.RECEIVE_CHECKSUM);
      canJoin = agreement.has(NicCapabilities.RECEIVE_JOINED);
      checksums = canChecksum;
      joined = canJoin;
      writer =
          new BufferWriter(
              host, agreement.queueDepth(), agreement.has(NicCapabilities.SCATTERED_RECEIVE));
    }

    synchronized void leave(Frame frame, Tagging tagging) {
      int tag =
          tagging == Tagging.ADD
              ? frame.vlan()
              : tagging == Tagging.REMOVE ? 0 : frame.taggedVlan();
      if (serves && filter.passes(frame.destination(), frame.isToGroup(), tag)) {
        left(departure.write(frame, tagging, checksums, joined, writer), frame.length());
      }
    }

    @Override
    public int transmit(NicBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        int tag = batch.tag(i);
        long bytes = 0;
        for (int s = 0; s < frames.segments(tag); s++) {
          bytes += frames.length(tag, s);
        }
        boolean sound = entering.load(number(), frames, tag, bytes, frames.offload(tag));
        if (sound) {
          owner.enter(entering, GuestPort.this);
        } else {
          invalid();
        }
        host.transmitted(0, tag, sound ? Status.OK : Status.INVALID);
      }
      return batch.size();
    }

    @Override
    public synchronized int post(NicBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        writer.post(batch.tag(i));
      }
      return batch.size();
    }

    @Override
    public NicProperties properties() {
      return new NicProperties(address, owner.mtu(), MAX_SEGMENTS, VirtualSwitch.JOINED_BYTES);
    }

    @Override
    public NicLink link() {
      return NicLink.up(SPEED);
    }

    @Override
    public NicQueuePair queuePair(int index) {
      return this;
    }

    @Override
    public synchronized void setFilter(NicFilter wanted) {
      filter = new AddressFilter(wanted);
    }

    /** Not agreed. */
    @Override
    public void setSteering(NicSteering steering) {}

    @Override
    public synchronized void receiveOffloads(boolean checksum, boolean join) {
      checksums = canChecksum && checksum;
      joined = canJoin && checksum && join;
    }

    @Override
    public NicStatistics statistics() {
      PortStatistics all = GuestPort.this.statistics();
      return new NicStatistics(
          all.enteredFrames(),
          all.enteredBytes(),
          all.droppedInvalid(),
          all.leftFrames(),
          all.leftBytes(),
          all.droppedNoBuffer(),
          0,
          0);
    }

    @Override
    public synchronized void start() {
      serves = true;
    }

    @Override
    public synchronized CompletionStage<Void> quiesce() {
      serves = false;
      writer.returnAll();
      return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized void resume() {
      serves = true;
    }

    @Override
    public synchronized CompletionStage<Void> reset() {
      writer.returnAll();
      checksums = canChecksum;
      joined = canJoin;
      return CompletableFuture.completedStage(null);
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
      synchronized (this) {
        serves = false;
        writer.returnAll();
      }
      owner.remove(GuestPort.this);
    }
  }
}
