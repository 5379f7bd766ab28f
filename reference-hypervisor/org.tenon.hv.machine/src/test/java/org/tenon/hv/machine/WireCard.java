package org.tenon.hv.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
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
import org.tenon.spi.net.NicOffload;
import org.tenon.spi.net.NicProperties;
import org.tenon.spi.net.NicQueuePair;
import org.tenon.spi.net.NicStatistics;
import org.tenon.spi.net.NicSteering;

/**
 * Network cards on one wire that leads back: what a card sends it receives. The wire is outside of
 * every machine and outlives it.
 */
final class WireCard implements NicDriverFactory, PlainFactory {
  /** What was sent, in order. */
  final List<byte[]> wire = new ArrayList<>();

  /** What the cards were told, in order. */
  final List<String> told = new ArrayList<>();

  /** Frames on their way back. */
  private final ArrayDeque<byte[]> back = new ArrayDeque<>();

  String id = "wire";
  int maxMtu = 1500;
  MacAddress address = MacAddress.parse("02:00:00:00:00:01");
  NicLink link = NicLink.up(10_000);
  Set<Capability> wanted = NicCapabilities.ALL;

  /** Whether the wire keeps what finds no buffers, instead of losing it. */
  boolean keeps;

  /** Whether a card sends when it must only. */
  boolean lazy;

  @Nullable String refusal;

  /** Forgets what has been sent. */
  synchronized void fresh() {
    wire.clear();
    told.clear();
    back.clear();
  }

  @Override
  public Identifier id() {
    return new Identifier(id);
  }

  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return offer.accept().take(wanted.toArray(Capability[]::new)).queuePairs(1).build();
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host) {
    return new Card(agreement, host);
  }

  /** One card. */
  private final class Card implements NicDriver, PlainDriver, NicQueuePair {
    private final NicHost host;
    private final boolean scatters;
    private final ArrayDeque<Integer> posted = new ArrayDeque<>();
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
    private boolean serves;

    Card(NicAgreement agreement, NicHost host) {
      this.host = host;
      scatters = agreement.has(NicCapabilities.SCATTERED_RECEIVE);
    }

    @Override
    public int transmit(NicBatch batch) {
      synchronized (WireCard.this) {
        for (int i = 0; i < batch.size(); i++) {
          waiting.add(batch.tag(i));
        }
        if (!lazy) {
          sendAll();
        }
        return batch.size();
      }
    }

    private void sendAll() {
      NicFrames frames = host.frames(0);
      while (!waiting.isEmpty()) {
        int tag = waiting.removeFirst();
        byte[] frame = read(frames, tag);
        wire.add(frame);
        back.add(frame);
        // First, so that who waits for the frame's end has what came of it.
        deliver();
        host.transmitted(0, tag, Status.OK);
      }
    }

    private static byte[] read(NicMemory frames, int tag) {
      byte[] bytes = new byte[size(frames, tag)];
      int at = 0;
      for (int i = 0; i < frames.segments(tag); i++) {
        MemorySegment.copy(
            frames.memory(tag, i),
            JAVA_BYTE,
            frames.offset(tag, i),
            bytes,
            at,
            frames.length(tag, i));
        at += frames.length(tag, i);
      }
      return bytes;
    }

    private static int size(NicMemory memory, int tag) {
      int size = 0;
      for (int i = 0; i < memory.segments(tag); i++) {
        size += memory.length(tag, i);
      }
      return size;
    }

    private void deliver() {
      while (serves && !back.isEmpty() && (receive(back.getFirst()) || !keeps)) {
        back.removeFirst();
      }
    }

    /** False where there are too few buffers. */
    private boolean receive(byte[] frame) {
      NicMemory buffers = host.buffers(0);
      int room = 0;
      int count = 0;
      for (int tag : posted) {
        if (room < frame.length && (count == 0 || scatters)) {
          room += size(buffers, tag);
          count++;
        }
      }
      if (room < frame.length) {
        return false;
      }
      long offload = (frame[0] & 1) == 0 ? NicOffload.NONE : NicOffload.valid();
      int at = 0;
      for (; count > 0; count--) {
        int tag = posted.removeFirst();
        int bytes = Math.min(frame.length - at, size(buffers, tag));
        fill(buffers, tag, frame, at, bytes);
        at += bytes;
        host.received(0, tag, bytes, at < frame.length ? NicHost.MORE : 0, offload);
      }
      return true;
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

    @Override
    public int post(NicBatch batch) {
      synchronized (WireCard.this) {
        for (int i = 0; i < batch.size(); i++) {
          posted.add(batch.tag(i));
        }
        deliver();
        return batch.size();
      }
    }

    private CompletionStage<Void> rest() {
      synchronized (WireCard.this) {
        sendAll();
        serves = false;
        // In no order at all.
        while (!posted.isEmpty()) {
          host.returned(0, posted.size() % 2 == 0 ? posted.removeFirst() : posted.removeLast());
        }
        return CompletableFuture.completedStage(null);
      }
    }

    @Override
    public void start() {
      resume();
    }

    @Override
    public CompletionStage<Void> quiesce() {
      return rest();
    }

    @Override
    public void resume() {
      synchronized (WireCard.this) {
        serves = true;
      }
    }

    @Override
    public CompletionStage<Void> reset() {
      CompletionStage<Void> over = rest();
      resume();
      return over;
    }

    @Override
    public void close() {
      rest();
    }

    @Override
    public Migration migration() {
      return refusal == null ? new Migration.Stateless() : new Migration.Refused(refusal);
    }

    @Override
    public NicProperties properties() {
      return new NicProperties(address, maxMtu, 32, 65_557);
    }

    @Override
    public NicLink link() {
      return link;
    }

    @Override
    public NicQueuePair queuePair(int index) {
      return this;
    }

    @Override
    public void setFilter(NicFilter filter) {
      synchronized (WireCard.this) {
        told.add(filter.toString());
      }
    }

    @Override
    public void setSteering(NicSteering steering) {
      synchronized (WireCard.this) {
        told.add(steering.toString());
      }
    }

    @Override
    public NicStatistics statistics() {
      return new NicStatistics(0, 0, 0, 0, 0, 0, 0, 0);
    }
  }
}
