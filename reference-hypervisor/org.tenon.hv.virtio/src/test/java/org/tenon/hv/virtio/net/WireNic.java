package org.tenon.hv.virtio.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Fault;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.VersionRange;
import org.tenon.hv.attach.AttachContext;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.AttachListener;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.attach.SystemClock;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.Deadlines;
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
import org.tenon.spi.net.NicMemory;
import org.tenon.spi.net.NicOffer;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/** A card whose wire is the test: it keeps what was sent and receives what the test says. */
public final class WireNic implements NicDriverFactory, NicDriver {
  /** A frame on the wire. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Sent(int queue, byte[] bytes, long offload) {}

  public static final MacAddress ADDRESS = MacAddress.parse("02:00:00:00:00:01");

  public final List<Sent> wire = new ArrayList<>();
  final List<NicFilter> filters = new ArrayList<>();
  final List<NicSteering> steerings = new ArrayList<>();
  private final List<ArrayDeque<Integer>> posted = new ArrayList<>();
  Set<Capability> wanted = NicCapabilities.ALL;
  public int pairs = 1;
  int depth = 64;
  int maxSegments = 32;
  int maxMtu = 1500;
  NicLink link = NicLink.up(10_000);
  boolean keepsNothing;

  /** A card that takes every capability. */
  public WireNic() {}

  @SuppressWarnings("NullAway.Init") // by open
  NicHost host;

  @SuppressWarnings("NullAway.Init") // by open
  private NicAgreement agreement;

  @SuppressWarnings("NullAway.Init") // by attach
  private NicAttachment attachment;

  public NicAttachment attach(GuestMemory memory) {
    try {
      attachment =
          NicAttachment.open(
              this,
              NicOffer.of(wanted, pairs, depth),
              Config.of(List.of(), Map.of()),
              new AttachContext(
                  "nic0",
                  memory,
                  SystemClock.instance(),
                  Deadlines.DEFAULT,
                  Runnable::run,
                  AttachListener.NONE));
      return attachment;
    } catch (AttachException | ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** Receives a frame into as many buffers as it takes; false where there are too few. */
  public boolean receive(int queue, byte[] frame, long offload) {
    NicMemory buffers = host.buffers(queue);
    List<Integer> taken = new ArrayList<>();
    int room = 0;
    for (int tag : posted.get(queue)) {
      if (room >= frame.length
          || (!taken.isEmpty() && !agreement.has(NicCapabilities.SCATTERED_RECEIVE))) {
        break;
      }
      taken.add(tag);
      room += size(buffers, tag);
    }
    if (room < frame.length) {
      return false;
    }
    int at = 0;
    for (int tag : taken) {
      posted.get(queue).removeFirst();
      int bytes = Math.min(frame.length - at, size(buffers, tag));
      fill(buffers, tag, frame, at, bytes);
      at += bytes;
      host.received(queue, tag, bytes, at < frame.length ? NicHost.MORE : 0, offload);
    }
    return true;
  }

  public int posted(int queue) {
    return posted.get(queue).size();
  }

  /** Pulls the cable out, or plugs it in again. */
  public void cable(boolean in) {
    link = in ? NicLink.up(10_000) : NicLink.DOWN;
    host.linkChanged(link);
  }

  /** What the host holds against this card. */
  public List<Fault> faults() {
    return attachment.faults();
  }

  /** Closes the card. */
  public void detach() {
    var _ = attachment.close();
  }

  private static int size(NicMemory memory, int tag) {
    int size = 0;
    for (int i = 0; i < memory.segments(tag); i++) {
      size += memory.length(tag, i);
    }
    return size;
  }

  private static void fill(NicMemory memory, int tag, byte[] from, int at, int bytes) {
    int done = 0;
    for (int i = 0; done < bytes; i++) {
      int take = Math.min(memory.length(tag, i), bytes - done);
      MemorySegment.copy(
          from, at + done, memory.memory(tag, i), JAVA_BYTE, memory.offset(tag, i), take);
      done += take;
    }
  }

  private static byte[] read(NicMemory memory, int tag) {
    byte[] bytes = new byte[size(memory, tag)];
    int at = 0;
    for (int i = 0; i < memory.segments(tag); i++) {
      MemorySegment.copy(
          memory.memory(tag, i),
          JAVA_BYTE,
          memory.offset(tag, i),
          bytes,
          at,
          memory.length(tag, i));
      at += memory.length(tag, i);
    }
    return bytes;
  }

  private final class Pair implements NicQueuePair {
    private final int queue;

    Pair(int queue) {
      this.queue = queue;
    }

    @Override
    public int transmit(NicBatch batch) {
      NicFrames frames = host.frames(queue);
      for (int i = 0; i < batch.size(); i++) {
        int tag = batch.tag(i);
        if (!keepsNothing) {
          wire.add(new Sent(queue, read(frames, tag), frames.offload(tag)));
        }
        host.transmitted(queue, tag, Status.OK);
      }
      return batch.size();
    }

    @Override
    public int post(NicBatch batch) {
      for (int i = 0; i < batch.size(); i++) {
        posted.get(queue).add(batch.tag(i));
      }
      return batch.size();
    }
  }

  private void returnAll() {
    for (int queue = 0; queue < posted.size(); queue++) {
      while (!posted.get(queue).isEmpty()) {
        host.returned(queue, posted.get(queue).removeFirst());
      }
    }
  }

  @Override
  public Identifier id() {
    return new Identifier("wire");
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
    return offer.accept().take(wanted.toArray(Capability[]::new)).queuePairs(pairs).build();
  }

  @Override
  public NicDriver open(NicAgreement agreed, Config config, NicHost surrounding) {
    agreement = agreed;
    host = surrounding;
    for (int i = 0; i < agreed.queuePairs(); i++) {
      posted.add(new ArrayDeque<>());
    }
    return this;
  }

  @Override
  public NicProperties properties() {
    return new NicProperties(ADDRESS, maxMtu, maxSegments, 65_557);
  }

  @Override
  public NicLink link() {
    return link;
  }

  @Override
  public NicQueuePair queuePair(int index) {
    return new Pair(index);
  }

  @Override
  public void setFilter(NicFilter filter) {
    filters.add(filter);
  }

  @Override
  public void setSteering(NicSteering steering) {
    steerings.add(steering);
  }

  @Override
  public NicStatistics statistics() {
    return new NicStatistics(0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void start() {}

  @Override
  public CompletionStage<Void> quiesce() {
    returnAll();
    return CompletableFuture.completedStage(null);
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
    returnAll();
  }
}
