package org.tenon.hv.nvme;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.hv.nvme.NvmeGuest.Completion;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;

/** The controller as a driver of the guest's finds it. */
class NvmeControllerTest {
  private static final int BLOCKS = 4096;
  private static final long DATA = 0x100000;
  private static final long LIST = 0x800000;

  private final RamDisk disk =
      new RamDisk(BlockGeometry.of(BLOCKS, 512).maxDiscardBlocks(100).build());

  @SuppressWarnings("NullAway.Init") // by enable
  private NvmeGuest guest;

  @BeforeEach
  void enable() {
    disk.queues = 2;
    guest = new NvmeGuest(disk);
    guest.enable();
  }

  @AfterEach
  void close() {
    assertThat(disk.faults()).isEmpty();
    guest.close();
  }

  private void identify(int what, int namespace) {
    assertThat(guest.admin(0x06, namespace, DATA, what).status()).isZero();
  }

  private String text(int at, int length) {
    return new String(guest.bytes(DATA + at, length), StandardCharsets.US_ASCII).strip();
  }

  private Completion transfer(boolean write, long block, int blocks, long first, long second) {
    return guest.call(
        1, write ? 1 : 2, 1, first, second, (int) block, (int) (block >>> 32), blocks - 1);
  }

  @Test
  void registersTellWhatItIs() {
    assertThat(guest.register(0x08)).isEqualTo(0x00010400);
    assertThat(guest.register(0) & 0xffff).as("most entries, from 0").isEqualTo(1023);
    assertThat(guest.register(4) & 0x20).as("NVM command set").isEqualTo(0x20);
    assertThat(guest.mmio.read(NvmeGuest.REGISTERS, 8) >>> 37 & 1).isEqualTo(1);
  }

  @Test
  void identifyNamesControllerAndNamespace() {
    identify(1, 0);
    assertThat(text(4, 20)).isEqualTo("serial-0123456789");
    assertThat(text(24, 40)).isEqualTo("RAM disk");
    assertThat(text(768, 256)).startsWith("nqn.2014-08.org.nvmexpress:uuid:");
    assertThat(guest.ram.get(JAVA_BYTE, DATA + 525) & 1).as("volatile cache").isEqualTo(1);
    identify(0, 1);
    assertThat(Le.getLong(guest.ram, DATA)).isEqualTo(BLOCKS);
    assertThat(Le.getInt(guest.ram, DATA + 128) >>> 16).as("log2 of the block size").isEqualTo(9);
    identify(2, 0);
    assertThat(Le.getInt(guest.ram, DATA)).isEqualTo(1);
    assertThat(Le.getInt(guest.ram, DATA + 4)).isZero();
    identify(3, 1);
    assertThat(guest.ram.get(JAVA_BYTE, DATA)).as("a UUID").isEqualTo((byte) 3);
    assertThat(guest.admin(0x06, 2, DATA, 0).status()).isEqualTo(0x400b);
    assertThat(guest.admin(0x06, 1, DATA, 0x55).status()).isEqualTo(0x4002);
  }

  /** Random transfers by PRP list and by SGL, from any offset, against a plain array. */
  @Test
  void whatTheGuestWritesItReads() {
    guest.createQueue(1, 1);
    Random random = new Random(9);
    byte[] expected = disk.bytes.clone();
    for (int i = 0; i < 400; i++) {
      int blocks = 1 + random.nextInt(200);
      int block = random.nextInt(BLOCKS - blocks);
      boolean write = random.nextBoolean();
      byte[] data = new byte[blocks * 512];
      random.nextBytes(data);
      Layout layout =
          random.nextBoolean() ? pages(random, data.length) : scatter(random, data.length);
      if (write) {
        layout.put(data);
        System.arraycopy(data, 0, expected, block * 512, data.length);
      }
      int opcode = (write ? 1 : 2) | (layout.scattered ? 1 << 14 : 0);
      Completion done =
          guest.call(1, opcode, 1, layout.pointer1, layout.pointer2, block, 0, blocks - 1);
      assertThat(done.status()).isZero();
      if (!write) {
        assertThat(layout.get(data.length))
            .isEqualTo(Arrays.copyOfRange(expected, block * 512, block * 512 + data.length));
      }
    }
    assertThat(disk.bytes).isEqualTo(expected);
  }

  /** Pieces of guest memory and the data pointer that names them. */
  private final class Layout {
    private final long[] addresses;
    private final int[] lengths;
    private final boolean scattered;
    private long pointer1;
    private long pointer2;

    Layout(long[] addresses, int[] lengths, boolean scattered) {
      this.addresses = addresses;
      this.lengths = lengths;
      this.scattered = scattered;
    }

    void put(byte[] data) {
      int at = 0;
      for (int i = 0; i < addresses.length; i++) {
        MemorySegment.copy(data, at, guest.ram, JAVA_BYTE, addresses[i], lengths[i]);
        at += lengths[i];
      }
    }

    byte[] get(int length) {
      byte[] data = new byte[length];
      int at = 0;
      for (int i = 0; i < addresses.length; i++) {
        MemorySegment.copy(guest.ram, JAVA_BYTE, addresses[i], data, at, lengths[i]);
        at += lengths[i];
      }
      return data;
    }
  }

  private Layout pages(Random random, int bytes) {
    int offset = 4 * random.nextInt(1024);
    int count = (offset + bytes + 4095) / 4096;
    long[] addresses = new long[count];
    int[] lengths = new int[count];
    int left = bytes;
    for (int i = 0; i < count; i++) {
      addresses[i] = DATA + 4096L * ((i * 7) % 64 + 64L * (i / 64)) + (i == 0 ? offset : 0);
      lengths[i] = Math.min(left, i == 0 ? 4096 - offset : 4096);
      left -= lengths[i];
    }
    Layout layout = new Layout(addresses, lengths, false);
    layout.pointer1 = addresses[0];
    if (count == 2) {
      layout.pointer2 = addresses[1];
    } else if (count > 2) {
      // A list that begins near the end of its page goes on in the next one named.
      long at = LIST + 8L * random.nextInt(512);
      layout.pointer2 = at;
      for (int i = 1; i < count; i++) {
        if ((at & 4095) == 4088 && i + 1 < count) {
          Le.setLong(guest.ram, at, LIST + 0x8000);
          at = LIST + 0x8000;
        }
        Le.setLong(guest.ram, at, addresses[i]);
        at += 8;
      }
    }
    return layout;
  }

  private Layout scatter(Random random, int bytes) {
    int count = 1 + random.nextInt(20);
    long[] addresses = new long[count];
    int[] lengths = new int[count];
    int left = bytes;
    for (int i = 0; i < count; i++) {
      lengths[i] = i == count - 1 ? left : random.nextInt(left / (count - i) + 1);
      addresses[i] = DATA + i * 0x20000L + random.nextInt(5000);
      left -= lengths[i];
    }
    Layout layout = new Layout(addresses, lengths, true);
    if (count == 1) {
      layout.pointer1 = addresses[0];
      layout.pointer2 = lengths[0];
      return layout;
    }
    int inFirst = random.nextInt(count);
    long at = LIST;
    for (int i = 0; i < count; i++) {
      if (i == inFirst && i > 0) {
        Le.setLong(guest.ram, at, LIST + 0x10000);
        Le.setLong(guest.ram, at + 8, 16L * (count - i) | 3L << 60);
        at = LIST + 0x10000;
      }
      Le.setLong(guest.ram, at, addresses[i]);
      Le.setLong(guest.ram, at + 8, lengths[i]);
      at += 16;
    }
    layout.pointer1 = LIST;
    layout.pointer2 = inFirst == 0 ? 16L * count | 3L << 60 : 16L * (inFirst + 1) | 2L << 60;
    return layout;
  }

  @Test
  void badCommandsAreToldWhatIsWrong() {
    guest.createQueue(1, 1);
    assertThat(transfer(false, BLOCKS, 1, DATA, 0).status()).isEqualTo(0x4080);
    assertThat(transfer(false, -1, 1, DATA, 0).status()).isEqualTo(0x4080);
    assertThat(transfer(false, 0, 1, DATA + 2, 0).status()).as("offset").isEqualTo(0x4013);
    assertThat(transfer(false, 0, 1, 1L << 40, 0).status()).as("no RAM").isEqualTo(0x4004);
    assertThat(transfer(false, 0, 16, DATA, DATA + 8).status()).isEqualTo(0x4013);
    assertThat(guest.call(1, 0x55, 1, DATA, 0).status()).isEqualTo(0x4001);
    assertThat(guest.call(1, 2, 7, DATA, 0).status()).as("namespace").isEqualTo(0x400b);
    assertThat(guest.call(1, 2 | 0x100, 1, DATA, 0).status()).as("fused").isEqualTo(0x4002);
    assertThat(guest.call(1, 2 | 3 << 14, 1, DATA, 0).status()).isEqualTo(0x4002);
    assertThat(guest.call(1, 2 | 1 << 14, 1, DATA, 100).status()).as("short SGL").isEqualTo(0x400f);
    assertThat(guest.call(1, 2 | 1 << 14, 1, DATA, 0x5L << 60).status()).isEqualTo(0x4011);
    assertThat(guest.admin(0x80, 1, 0).status()).as("Format NVM").isEqualTo(0x4001);
    disk.failWith = Status.MEDIUM_ERROR;
    assertThat(transfer(false, 0, 1, DATA, 0).status()).isEqualTo(0x4281);

    assertThat(guest.admin(0x02, -1, DATA, 15 << 16 | 1).status()).isZero();
    assertThat(Le.getLong(guest.ram, DATA)).as("errors so far").isEqualTo(13);
    assertThat(Le.getInt(guest.ram, DATA + 12) >>> 1 & 0x3fff).isEqualTo(0x0281);
  }

  @Test
  void flushZeroesAndDeallocation() {
    guest.createQueue(1, 1);
    Arrays.fill(disk.bytes, (byte) 7);
    assertThat(guest.call(1, 0, -1, 0, 0).status()).isZero();
    assertThat(guest.call(1, 8, 1, 0, 0, 10, 0, 4 | 1 << 25).status()).isZero();
    assertThat(disk.bytes[10 * 512 - 1]).isEqualTo((byte) 7);
    assertThat(disk.bytes[10 * 512]).isZero();
    assertThat(disk.bytes[15 * 512 - 1]).isZero();
    assertThat(disk.bytes[15 * 512]).isEqualTo((byte) 7);
    for (int i = 0; i < 3; i++) {
      Le.setInt(guest.ram, DATA + 16L * i + 4, i == 1 ? 0 : 250);
      Le.setLong(guest.ram, DATA + 16L * i + 8, 300L * i);
    }
    assertThat(guest.call(1, 9, 1, DATA, 0, 2, 4).status()).isZero();
    assertThat(disk.log)
        .containsExactly(
            "FLUSH",
            "WRITE_ZEROES+2",
            "DISCARD",
            "DISCARD",
            "DISCARD",
            "DISCARD",
            "DISCARD",
            "DISCARD");
    Le.setLong(guest.ram, DATA + 8, BLOCKS);
    assertThat(guest.call(1, 9, 1, DATA, 0, 0, 4).status()).isEqualTo(0x4080);
  }

  @Test
  void durableWritesAreFlushedWhereTheDriverKnowsNoFua() {
    guest.close();
    disk.capabilities = Set.of(BlockCapabilities.FLUSH);
    guest = new NvmeGuest(disk);
    guest.enable();
    guest.createQueue(1, 1);
    guest.call(1, 1, 1, DATA, 0, 0, 0, 0);
    assertThat(disk.log).containsExactly("WRITE");
    guest.call(1, 1, 1, DATA, 0, 0, 0, 1 << 30);
    assertThat(disk.log).containsExactly("WRITE", "WRITE", "FLUSH");
    assertThat(guest.admin(0x09, 0, 0, 6, 0).status()).as("cache off").isZero();
    guest.call(1, 1, 1, DATA, 0, 0, 0, 0);
    assertThat(disk.log).endsWith("WRITE", "FLUSH");
    assertThat(guest.call(1, 8, 1, 0, 0, 0, 0, 0).status()).as("not agreed").isEqualTo(0x4001);
  }

  @Test
  void queuesAreCreatedAndDeletedInOrder() {
    int sizes = 15 << 16 | 1;
    long place = NvmeGuest.submissions(1);
    assertThat(guest.admin(0x01, 0, place, sizes, 1 << 16 | 1).status()).isEqualTo(0x4100);
    assertThat(guest.admin(0x05, 0, place, 15 << 16 | 9, 3).status()).isEqualTo(0x4101);
    assertThat(guest.admin(0x05, 0, place, 2000 << 16 | 1, 3).status()).isEqualTo(0x4102);
    assertThat(guest.admin(0x05, 0, place, sizes, 9 << 16 | 3).status()).isEqualTo(0x4108);
    assertThat(guest.admin(0x05, 0, place + 8, sizes, 3).status()).isEqualTo(0x4013);
    assertThat(guest.admin(0x05, 0, place, sizes, 2).status()).as("scattered").isEqualTo(0x4002);
    guest.createQueue(1, 1);
    assertThat(guest.admin(0x05, 0, place, sizes, 3).status()).as("twice").isEqualTo(0x4101);
    assertThat(guest.admin(0x04, 0, 0, 1).status()).as("in use").isEqualTo(0x410c);
    assertThat(guest.admin(0x00, 0, 0, 1).status()).isZero();
    assertThat(guest.admin(0x00, 0, 0, 1).status()).isEqualTo(0x4101);
    assertThat(guest.admin(0x04, 0, 0, 1).status()).isZero();
    assertThat(guest.admin(0x04, 0, 0, 1).status()).isEqualTo(0x4101);
  }

  @Test
  void aQueueIsDeletedWhenWhatWasInFlightHasEnded() {
    disk.lazy = true;
    guest.createQueue(1, 1);
    int read = guest.put(1, 2, 1, DATA, 0, 0, 0, 0);
    guest.ringTail(1);
    int delete = guest.put(0, 0x00, 0, 0, 0, 1);
    guest.ringTail(0);
    assertThat(guest.take(0)).as("not yet").isNull();
    disk.run(new Random(1), 10);
    guest.settle();
    assertThat(Objects.requireNonNull(guest.take(1)).id()).isEqualTo(read);
    assertThat(Objects.requireNonNull(guest.take(0)).id()).isEqualTo(delete);
  }

  @Test
  void aResetTakesEverythingBackAndTheControllerStartsAgain() {
    disk.lazy = true;
    guest.createQueue(1, 1);
    guest.put(1, 2, 1, DATA, 0, 0, 0, 0);
    guest.ringTail(1);
    guest.enable();
    assertThat(disk.pending).isEmpty();
    disk.lazy = false;
    guest.createQueue(1, 1);
    assertThat(transfer(false, 0, 1, DATA, 0).status()).isZero();
  }

  @Test
  void aShutdownFlushes() {
    guest.register(0x14, guest.register(0x14) | 1 << 14);
    guest.settle();
    assertThat(guest.register(0x1c) >>> 2 & 3).as("complete").isEqualTo(2);
    assertThat(disk.log).containsExactly("FLUSH");
  }

  @Test
  void eventRequestsWaitAndCanBeAborted() {
    int[] ids = new int[5];
    for (int i = 0; i < 5; i++) {
      ids[i] = guest.put(0, 0x0c, 0, 0, 0);
      guest.ringTail(0);
    }
    Completion refused = Objects.requireNonNull(guest.take(0));
    assertThat(refused.id()).isEqualTo(ids[4]);
    assertThat(refused.status()).as("limit exceeded").isEqualTo(0x4105);
    guest.ringHead(0);

    guest.put(0, 0x08, 0, 0, 0, ids[1] << 16);
    guest.ringTail(0);
    Completion first = Objects.requireNonNull(guest.take(0));
    assertThat(first.id()).isEqualTo(ids[1]);
    assertThat(first.status()).isEqualTo(0x007);
    assertThat(Objects.requireNonNull(guest.take(0)).result()).as("aborted").isZero();
    guest.ringHead(0);
    assertThat(guest.admin(0x08, 0, 0, 77 << 16).result()).as("not aborted").isEqualTo(1);

    guest.register(0x1000 + 8 * 2, 1);
    Completion event = Objects.requireNonNull(guest.take(0));
    assertThat(event.id()).isEqualTo(ids[0]);
    assertThat(event.result()).as("error: invalid doorbell, log page 1").isEqualTo(1 << 16);
    guest.ringHead(0);
    guest.register(0x1000 + 8 * 2, 1);
    assertThat(guest.take(0)).as("silent until the log is read").isNull();
    guest.admin(0x02, -1, DATA, 15 << 16 | 1);
    guest.register(0x1000, 999);
    assertThat(Objects.requireNonNull(guest.take(0)).result()).isEqualTo(1 << 16 | 1 << 8);
  }

  @Test
  void featuresAreKeptUntilAReset() {
    assertThat(guest.admin(0x09, 0, 0, 7, 0x00ff00ff).result()).as("queues").isEqualTo(0x00010001);
    assertThat(guest.admin(0x09, 0, 0, 4, 0x150).status()).isZero();
    assertThat(guest.admin(0x0a, 0, 0, 4).result()).isEqualTo(0x150);
    assertThat(guest.admin(0x0a, 0, 0, 1 << 8 | 4).result()).as("default").isEqualTo(0xffff);
    assertThat(guest.admin(0x0a, 0, 0, 3 << 8 | 4).result()).as("changeable").isEqualTo(4);
    assertThat(guest.admin(0x09, 0, 0, 4 | 1 << 31, 0).status()).isEqualTo(0x410d);
    assertThat(guest.admin(0x0a, 0, 0, 0x7f).status()).isEqualTo(0x4002);
    guest.enable();
    assertThat(guest.admin(0x0a, 0, 0, 4).result()).isEqualTo(0xffff);
  }

  @Test
  void healthCountsWhatWasDone() {
    guest.createQueue(1, 1);
    for (int i = 0; i < 3; i++) {
      transfer(true, 8L * i, 8, DATA, 0);
    }
    transfer(false, 0, 8, DATA, 0);
    assertThat(guest.admin(0x02, -1, DATA, 127 << 16 | 2).status()).isZero();
    assertThat(Le.getLong(guest.ram, DATA + 64)).as("reads").isEqualTo(1);
    assertThat(Le.getLong(guest.ram, DATA + 80)).as("writes").isEqualTo(3);
    assertThat(Le.getLong(guest.ram, DATA + 48)).as("thousands of sectors").isEqualTo(1);
    assertThat(guest.admin(0x02, -1, DATA, 127 << 16 | 3).status()).isZero();
    assertThat(text(8, 8)).isEqualTo("1");
    assertThat(guest.admin(0x02, -1, DATA, 0x77).status()).isEqualTo(0x4109);
  }

  @Test
  void interruptsAreGatheredAsTold() {
    guest.enableMessages();
    guest.createQueue(1, 1);
    guest.admin(0x09, 0, 0, 8, 5 << 8 | 2);
    guest.messages.clear();
    for (int i = 0; i < 2; i++) {
      guest.put(1, 2, 1, DATA, 0, 0, 0, 0);
    }
    guest.ringTail(1);
    assertThat(guest.messages).as("two of three").isEmpty();
    guest.now += 500_000;
    guest.settle();
    assertThat(guest.messages).as("time is up").containsExactly(1);
    for (int i = 0; i < 3; i++) {
      guest.put(1, 2, 1, DATA, 0, 0, 0, 0);
    }
    guest.ringTail(1);
    assertThat(guest.messages).containsExactly(1, 1);
    guest.admin(0x09, 0, 0, 9, 1 << 16 | 1);
    guest.put(1, 2, 1, DATA, 0, 0, 0, 0);
    guest.ringTail(1);
    assertThat(guest.messages).endsWith(1).hasSize(4);
  }

  @Test
  void theWireIsUpWhileCompletionsWait() {
    assertThat(guest.wire).isFalse();
    guest.put(0, 0x06, 1, DATA, 0, 0);
    guest.ringTail(0);
    assertThat(guest.wire).isTrue();
    guest.register(0x0c, 1);
    assertThat(guest.wire).as("masked").isFalse();
    guest.register(0x10, 1);
    assertThat(guest.wire).isTrue();
    guest.take(0);
    guest.ringHead(0);
    assertThat(guest.wire).isFalse();
  }

  @Test
  void withoutBusMasteringNothingIsRead() {
    guest.function.writeConfig(4, 2, 0xffff);
    guest.put(0, 0x06, 1, DATA, 0, 0);
    guest.ringTail(0);
    assertThat(guest.take(0)).isNull();
    guest.function.writeConfig(4, 6, 0xffff);
    assertThat(guest.take(0)).isNotNull();
  }

  @Test
  void aFullCompletionQueueHoldsTheRest() {
    guest.createQueue(1, 1);
    for (int i = 0; i < 15; i++) {
      guest.put(1, 2, 1, DATA, 0, i, 0, 0);
    }
    guest.ringTail(1);
    for (int i = 0; i < 12; i++) {
      guest.put(1, 2, 1, DATA, 0, i, 0, 0);
    }
    guest.ringTail(1);
    int seen = 0;
    for (int round = 0; round < 3; round++) {
      while (guest.take(1) != null) {
        seen++;
      }
      guest.ringHead(1);
    }
    assertThat(seen).isEqualTo(27);
  }
}
