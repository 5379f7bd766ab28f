package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Feeds the parser replies of an honest server, then the same replies with a few bytes changed, in
 * pieces of any size. Whatever comes: no byte outside a read's memory changes, nothing is finished
 * twice, and a read that succeeds holds what the server sent for each of its bytes.
 */
class ReplyParserFuzzTest {
  private static final int EXCHANGES = 6;
  private static final int LENGTH = 2048;
  private static final int GUARD = 512;
  private static final byte UNTOUCHED = (byte) 0xEE;

  /** A link that hands out a script in pieces, and then has nothing more. */
  private record ScriptedLink(ByteBuffer script, SplittableRandom random) implements Link {
    @Override
    public int read(ByteBuffer into) {
      if (!script.hasRemaining()) {
        return 0;
      }
      int count = Math.min(Math.min(into.remaining(), script.remaining()), random.nextInt(1, 900));
      into.put(script.slice(script.position(), count));
      script.position(script.position() + count);
      return count;
    }

    @Override
    public long write(ByteBuffer[] from, int first, int count) {
      throw new AssertionError("a parser does not write");
    }

    @Override
    public boolean hasUnsent() {
      return false;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}
  }

  /**
   * What the parser is given to work on: reads and other commands, with memory between guard zones.
   */
  private static final class Scene implements ReplyParser.Ledger {
    final List<Exchange> open = new ArrayList<>();
    final List<Exchange> succeeded = new ArrayList<>();
    final MemorySegment memory = Arena.ofAuto().allocate(EXCHANGES * (LENGTH + GUARD) + GUARD);

    Scene(SplittableRandom random) {
      memory.fill(UNTOUCHED);
      OneSegmentHost host = new OneSegmentHost(memory, LENGTH, GUARD);
      NbdQueue queue = new NbdQueue(0, EXCHANGES, host);
      for (int i = 0; i < EXCHANGES; i++) {
        Exchange exchange = new Exchange(i);
        exchange.begin(queue, i, 0);
        exchange.command = i == 0 ? Nbd.CMD_WRITE : i == 1 ? Nbd.CMD_FLUSH : Nbd.CMD_READ;
        exchange.offset = i * 1_000_000L;
        exchange.length = i == 1 ? 0 : LENGTH;
        exchange.cookie = 1000L + i;
        exchange.state = random.nextInt(8) == 0 ? Exchange.State.GHOST : Exchange.State.SENT;
        open.add(exchange);
      }
    }

    @Override
    public @Nullable Exchange find(long cookie) {
      return open.stream().filter(each -> each.cookie == cookie).findFirst().orElse(null);
    }

    @Override
    public void finished(Exchange exchange, int error) {
      assertThat(open.remove(exchange)).as("finished once").isTrue();
      if (error == 0) {
        succeeded.add(exchange);
      }
    }

    byte at(Exchange exchange, int index) {
      return memory.get(
          ValueLayout.JAVA_BYTE, GUARD + (long) exchange.slot * (LENGTH + GUARD) + index);
    }

    void checkGuards() {
      for (int i = 0; i <= EXCHANGES; i++) {
        for (int j = 0; j < GUARD; j++) {
          byte guard = memory.get(ValueLayout.JAVA_BYTE, (long) i * (LENGTH + GUARD) + j);
          assertThat(guard).as("guard %d", i).isEqualTo(UNTOUCHED);
        }
      }
    }
  }

  /** What the server holds at an offset; never what memory is filled with before. */
  private static byte content(long offset) {
    return (byte) (offset * 31 % 97);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void anHonestServerIsUnderstood(long seed) throws IOException {
    for (int round = 0; round < 60; round++) {
      SplittableRandom random = new SplittableRandom(seed * 1_000_003 + round);
      boolean structured = random.nextBoolean();
      Scene scene = new Scene(random);
      List<Exchange> all = List.copyOf(scene.open);
      ByteBuffer script = script(scene, structured, random);
      assertThat(new ReplyParser(scene, structured).advance(new ScriptedLink(script, random)))
          .isTrue();
      assertThat(scene.open).isEmpty();
      scene.checkGuards();
      for (Exchange exchange : all) {
        boolean reads = scene.succeeded.contains(exchange) && exchange.isRead();
        if (reads && exchange.state != Exchange.State.GHOST) {
          checkData(scene, exchange);
        }
      }
    }
  }

  private static void checkData(Scene scene, Exchange exchange) {
    for (int i = 0; i < LENGTH; i++) {
      byte got = scene.at(exchange, i);
      assertThat(got == content(exchange.offset + i) || got == 0).as("byte %d", i).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void aHostileServerHarmsNothing(long seed) {
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      SplittableRandom random = new SplittableRandom(seed * 1_000_003 + round);
      boolean structured = random.nextBoolean();
      Scene scene = new Scene(random);
      ByteBuffer script = script(scene, structured, random);
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        corrupt(script, random);
      }
      try {
        boolean open = new ReplyParser(scene, structured).advance(new ScriptedLink(script, random));
        assertThat(open).isTrue();
      } catch (IOException e) {
        assertThat(e).isInstanceOf(ProtocolException.class).hasMessageNotContaining("\n");
        refused++;
      }
      scene.checkGuards();
      for (Exchange exchange : scene.succeeded) {
        if (exchange.isRead()) {
          assertThat(exchange.coverage.isWhole(LENGTH)).isTrue();
        }
      }
    }
    assertThat(refused).as("most corrupted scripts are noticed").isGreaterThan(200);
  }

  /** Heads are hit more often than data: a random byte, or a number that was chosen to hurt. */
  private static void corrupt(ByteBuffer script, SplittableRandom random) {
    int[] numbers = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, LENGTH - 1, LENGTH + 1, 1 << 16};
    int at = random.nextInt(Math.max(1, script.limit() - 4));
    if (random.nextBoolean()) {
      at = Math.min(at, random.nextInt(64));
    }
    if (random.nextBoolean() || at + 4 > script.limit()) {
      script.put(Math.min(at, script.limit() - 1), (byte) random.nextInt());
    } else {
      script.putInt(at, numbers[random.nextInt(numbers.length)]);
    }
  }

  /**
   * The replies to all commands, in any order, reads in any pieces, some as holes, some as errors.
   */
  private static ByteBuffer script(Scene scene, boolean structured, SplittableRandom random) {
    ByteBuffer script = ByteBuffer.allocate(64 << 10);
    List<Exchange> order = new ArrayList<>(scene.open);
    while (!order.isEmpty()) {
      Exchange exchange = order.remove(random.nextInt(order.size()));
      boolean fails = random.nextInt(5) == 0;
      if (!structured || (!exchange.isRead() && random.nextBoolean())) {
        simple(script, exchange, fails);
      } else if (fails) {
        byte[] message = new byte[random.nextInt(20)];
        chunk(script, exchange, true, (1 << 15) + 1, 6 + message.length);
        script.putInt(5).putShort((short) message.length).put(message);
      } else if (exchange.isRead()) {
        pieces(script, exchange, random);
      } else {
        chunk(script, exchange, true, Nbd.REPLY_TYPE_NONE, 0);
      }
    }
    return script.flip();
  }

  private static void simple(ByteBuffer script, Exchange exchange, boolean fails) {
    script.putInt(Nbd.SIMPLE_REPLY_MAGIC).putInt(fails ? 5 : 0).putLong(exchange.cookie);
    for (int i = 0; exchange.isRead() && !fails && i < LENGTH; i++) {
      script.put(content(exchange.offset + i));
    }
  }

  private static void pieces(ByteBuffer script, Exchange exchange, SplittableRandom random) {
    int[] cuts = random.ints(random.nextInt(4), 1, LENGTH).distinct().sorted().toArray();
    List<int[]> pieces = new ArrayList<>();
    int start = 0;
    for (int cut : cuts) {
      pieces.add(new int[] {start, cut});
      start = cut;
    }
    pieces.add(new int[] {start, LENGTH});
    while (!pieces.isEmpty()) {
      int[] piece = pieces.remove(random.nextInt(pieces.size()));
      long offset = exchange.offset + piece[0];
      int length = piece[1] - piece[0];
      boolean last = pieces.isEmpty();
      if (random.nextInt(3) == 0) {
        chunk(script, exchange, last, Nbd.REPLY_TYPE_OFFSET_HOLE, 12);
        script.putLong(offset).putInt(length);
      } else {
        chunk(script, exchange, last, Nbd.REPLY_TYPE_OFFSET_DATA, 8 + length);
        script.putLong(offset);
        for (int i = 0; i < length; i++) {
          script.put(content(offset + i));
        }
      }
    }
  }

  private static void chunk(
      ByteBuffer script, Exchange exchange, boolean done, int type, int length) {
    script
        .putInt(Nbd.STRUCTURED_REPLY_MAGIC)
        .putShort((short) (done ? Nbd.REPLY_FLAG_DONE : 0))
        .putShort((short) type)
        .putLong(exchange.cookie)
        .putInt(length);
  }
}
