package org.tenon.hv.bus.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateCodecTest {
  @StateFormat(name = "sample", version = 3)
  public record Sample(int number, boolean flag, List<Long> words, String text, List<Part> parts) {
    public Sample {
      if (number < 0) {
        throw new IllegalArgumentException("a negative number");
      }
    }
  }

  public record Part(long value) {}

  @StateFormat(name = "sample", version = 4)
  public record Later(int number) {}

  private static final Sample SAMPLE =
      new Sample(7, true, List.of(1L, -1L), "Tenon", List.of(new Part(9)));

  @Test
  void whatIsWrittenIsRead() throws StateException {
    ByteBuffer bytes = ByteBuffer.wrap(StateCodec.encode(SAMPLE));
    assertThat(StateCodec.decode(Sample.class, bytes)).isEqualTo(SAMPLE);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void theFormIsTheDocumentedOne() {
    assertThat(HexFormat.of().formatHex(StateCodec.encode(SAMPLE)))
        .isEqualTo(
            "0006"
                + "73616d706c65"
                + "0003"
                + "0000002e"
                + "00000007"
                + "01"
                + "00000002"
                + "0000000000000001"
                + "ffffffffffffffff"
                + "00000005"
                + "54656e6f6e"
                + "00000001"
                + "0000000000000009");
  }

  @Test
  void anotherVersionIsRefusedByName() {
    byte[] later = StateCodec.encode(new Later(1));
    assertThatThrownBy(() -> StateCodec.decode(Sample.class, ByteBuffer.wrap(later)))
        .isInstanceOf(StateException.class)
        .hasMessage("saved state holds sample version 4 where sample version 3 is expected");
  }

  @StateFormat(name = "grown", version = 1)
  public record GrownV1(int number) implements Predecessor<Grown> {
    @Override
    public Grown newer() {
      return new Grown(number, Optional.empty());
    }
  }

  @StateFormat(name = "grown", version = 2, before = GrownV1.class)
  public record Grown(int number, Optional<Part> part) implements Successor<GrownV1> {
    @Override
    public @Nullable GrownV1 older() {
      return part.isEmpty() ? new GrownV1(number) : null;
    }
  }

  @Test
  void whatNeedsNothingNewGoesFromOldToNewToOld() throws StateException {
    byte[] old = StateCodec.encode(new GrownV1(7));
    Grown read = StateCodec.decode(Grown.class, ByteBuffer.wrap(old));
    assertThat(read).isEqualTo(new Grown(7, Optional.empty()));
    byte[] written = StateCodec.encode(read);
    assertThat(written).isEqualTo(old);
    assertThat(StateCodec.decode(GrownV1.class, ByteBuffer.wrap(written)))
        .isEqualTo(new GrownV1(7));
  }

  @Test
  void whatIsNewIsKeptAndAnOlderReaderSaysSo() throws StateException {
    Grown grown = new Grown(7, Optional.of(new Part(9)));
    byte[] written = StateCodec.encode(grown);
    assertThat(StateCodec.decode(Grown.class, ByteBuffer.wrap(written))).isEqualTo(grown);
    assertThatThrownBy(() -> StateCodec.decode(GrownV1.class, ByteBuffer.wrap(written)))
        .isInstanceOf(StateException.class)
        .hasMessage("saved state holds grown version 2 where grown version 1 is expected");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes = StateCodec.encode(SAMPLE);
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer part = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> StateCodec.decode(Sample.class, part))
          .isInstanceOf(StateException.class);
    }
  }

  @Test
  void bytesLeftOverAreRefused() {
    byte[] bytes = StateCodec.encode(SAMPLE);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    longer[13]++;
    assertThatThrownBy(() -> StateCodec.decode(Sample.class, ByteBuffer.wrap(longer)))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("left over");
  }

  @Test
  void theConstructorsWordCounts() {
    byte[] bytes = StateCodec.encode(SAMPLE);
    bytes[14] = (byte) 0x80;
    assertThatThrownBy(() -> StateCodec.decode(Sample.class, ByteBuffer.wrap(bytes)))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("a negative number");
  }

  @Test
  void corruptionGivesAStateOrAStateException() {
    Random random = new Random(3);
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = StateCodec.encode(SAMPLE);
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Sample read = StateCodec.decode(Sample.class, ByteBuffer.wrap(bytes));
        assertThat(read.number()).isNotNegative();
      } catch (StateException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
