package org.tenon.kit.testing.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.BlockRequest;
import org.tenon.kit.testing.storage.BlockHistory.Request;
import org.tenon.spi.Capability;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;

class PowerCutOracleTest {
  private static final int SIZE = 512;
  private final Ticks ticks = new Ticks();
  private final BlockHistory history = new BlockHistory(ticks);

  private static byte[] filled(int value) {
    byte[] bytes = new byte[SIZE];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private Request submit(int operation, int flags, int value) {
    BlockRequest asked =
        operation == BlockOperation.WRITE
            ? BlockRequest.write(0, 1, filled(value))
            : BlockRequest.of(operation, 0, operation == BlockOperation.FLUSH ? 0 : 1);
    return history.submitted(0, asked.flags(flags));
  }

  private void complete(Request request) {
    history.completed(request, Status.OK, request.data());
  }

  private void write(int value) {
    complete(submit(BlockOperation.WRITE, 0, value));
  }

  private void flush() {
    complete(submit(BlockOperation.FLUSH, 0, 0));
  }

  private void discard() {
    complete(submit(BlockOperation.DISCARD, 0, 0));
  }

  private void read(int value) {
    history.completed(submit(BlockOperation.READ, 0, 0), Status.OK, filled(value));
  }

  private String judge(byte[] content, Capability... taken) {
    BlockAgreement agreement = BlockOffer.of(Set.of(taken), 1, 8).accept().take(taken).build();
    PowerCutOracle.Violation violation =
        new PowerCutOracle(history, agreement, SIZE, new byte[SIZE])
            .judge(ticks.next(), 0, content, 0);
    return violation == null ? "" : violation.clause().toString();
  }

  private String judge(int value) {
    return judge(filled(value), BlockCapabilities.FLUSH, BlockCapabilities.FUA);
  }

  @Test
  void anUnflushedWriteMayBeThereOrNot() {
    write(1);
    assertThat(List.of(judge(0), judge(1))).containsExactly("", "");
    assertThat(judge(2)).isEqualTo("BLK-043");
  }

  @Test
  void aFlushedWriteIsThere() {
    write(1);
    flush();
    assertThat(judge(1)).isEmpty();
    assertThat(judge(0)).isEqualTo("BLK-038");
  }

  @Test
  void aFlushSubmittedBeforeTheWriteCompletedPromisesNothing() {
    Request write = submit(BlockOperation.WRITE, 0, 1);
    Request flush = submit(BlockOperation.FLUSH, 0, 0);
    complete(write);
    complete(flush);
    assertThat(judge(0)).isEmpty();
  }

  @Test
  void aFuaWriteIsThereAndAWriteInFlightBesideItMayBe() {
    Request other = submit(BlockOperation.WRITE, 0, 2);
    complete(submit(BlockOperation.WRITE, BlockOperation.FUA, 1));
    complete(other);
    assertThat(List.of(judge(1), judge(2))).containsExactly("", "");
    assertThat(judge(0)).isEqualTo("BLK-039");
    complete(submit(BlockOperation.WRITE_ZEROES, BlockOperation.FUA, 0));
    assertThat(judge(1)).isEqualTo("BLK-051");
  }

  @Test
  void withoutTheFlushCapabilityEveryWriteIsThere() {
    write(1);
    assertThat(judge(filled(0))).isEqualTo("BLK-040");
    assertThat(judge(filled(1))).isEmpty();
  }

  @Test
  void anOlderWriteDoesNotComeBack() {
    write(1);
    write(2);
    flush();
    assertThat(judge(1)).isEqualTo("BLK-038");
  }

  @Test
  void aMixtureIsTorn() {
    write(1);
    write(2);
    byte[] torn = filled(1);
    Arrays.fill(torn, 256, SIZE, (byte) 2);
    assertThat(judge(torn, BlockCapabilities.FLUSH)).isEqualTo("BLK-042");
  }

  @Test
  void aDiscardThatNobodyReadMayHaveDoneAnything() {
    write(1);
    discard();
    flush();
    assertThat(List.of(judge(0), judge(1))).containsExactly("", "");
  }

  @Test
  void aDiscardThatWasSeenToZeroStaysSo() {
    write(1);
    discard();
    read(0);
    flush();
    assertThat(judge(0)).isEmpty();
    assertThat(judge(1)).isEqualTo("BLK-041");
  }

  @Test
  void aDiscardThatWasSeenToDoNothingStaysSo() {
    write(1);
    flush();
    discard();
    read(1);
    flush();
    assertThat(judge(1)).isEmpty();
    assertThat(judge(0)).isEqualTo("BLK-038");
  }
}
