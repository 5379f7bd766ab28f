package org.tenon.spi.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockGeometryTest {
  @Test
  void containsAgreesWithExactArithmetic() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      BlockGeometry geometry =
          BlockGeometry.of(random.nextLong(1L << random.nextInt(1, 40)), 512).build();
      long block =
          random.nextInt(3) == 0 ? random.nextLong() : geometry.blocks() - random.nextInt(4);
      int count = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(8);

      boolean expected =
          block >= 0
              && count >= 0
              && BigInteger.valueOf(block)
                      .add(BigInteger.valueOf(count))
                      .compareTo(BigInteger.valueOf(geometry.blocks()))
                  <= 0;

      assertThat(geometry.contains(block, count))
          .as("%d+%d of %s", block, count, geometry)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 513, 131_072, -512})
  void refusesABlockSizeThatIsNone(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockGeometry.of(8, size).build())
        .withMessageContaining("logicalBlockSize");
  }

  @Test
  void aResizedDeviceDiffersInItsSizeOnly() {
    BlockGeometry before =
        BlockGeometry.of(8, 512)
            .physicalBlockSize(4096)
            .alignmentOffset(7)
            .optimalIoBlocks(16)
            .maxTransferBlocks(32)
            .maxSegments(3)
            .maxDiscardBlocks(64)
            .discardGranularityBlocks(8)
            .maxWriteZeroesBlocks(128)
            .readOnly(true)
            .build();

    BlockGeometry after = before.withBlocks(16);

    assertThat(after.blocks()).isEqualTo(16);
    assertThat(after.bytes()).isEqualTo(8192);
    assertThat(after.withBlocks(8)).isEqualTo(before).hasSameHashCodeAs(before);
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void identityIsShortPrintableAscii() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BlockIdentity("v", "p", "r", "x".repeat(21)))
        .withMessageContaining("serial");
    assertThatIllegalArgumentException().isThrownBy(() -> new BlockIdentity("v\n", "p", "r", "s"));
  }
}
