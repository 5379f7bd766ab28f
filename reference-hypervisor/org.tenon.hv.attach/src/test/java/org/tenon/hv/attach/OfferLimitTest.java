package org.tenon.hv.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;

/** What is held back from a driver, whoever asks it to take more. */
class OfferLimitTest {
  private final ScriptedDriver driver = new ScriptedDriver();

  private BlockAttachment open(GuestMemory memory) {
    try {
      return BlockAttachment.open(
          driver,
          BlockOffer.of(BlockCapabilities.ALL, 1, 8),
          Config.of(List.of(), Map.of()),
          AttachContext.of("disk0", memory, AttachListener.NONE));
    } catch (AttachException | ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private static int flush(BlockPort port) {
    synchronized (port) {
      int tag = port.claim();
      port.begin(tag, BlockOperation.FLUSH, 0, 0, 0);
      port.stage(tag);
      return tag;
    }
  }

  private static void offerUpTo(BlockPort port, long total) {
    synchronized (port) {
      port.offerUpTo(total);
    }
    port.submit();
  }

  private void assertHasOnly(int tag) {
    assertThat(driver.accepted).containsExactly(new ScriptedDriver.Accepted(0, tag));
  }

  private static int takeBack(BlockPort port) {
    synchronized (port) {
      int tag = port.completed();
      if (tag != BlockPort.NONE) {
        port.release(tag);
      }
      return tag;
    }
  }

  @Test
  void noMoreIsOfferedThanMayBe() {
    driver.negotiate = offer -> offer.accept().queues(1).build();
    try (GuestMemory memory = GuestMemory.allocate(RamLayout.flat(1 << 20))) {
      BlockAttachment attachment = open(memory);
      BlockPort port = attachment.port(0);
      port.keepOrder();
      port.allow(2);
      offerUpTo(port, 0);
      int first = flush(port);
      int second = flush(port);
      port.submit();
      assertThat(driver.accepted).isEmpty();
      offerUpTo(port, 1);
      assertHasOnly(first);
      driver.completeAll(Status.OK);
      synchronized (port) {
        assertThat(port.pending()).containsExactly(first, second);
        assertThat(port.isBack(first)).isTrue();
        assertThat(port.isBack(second)).isFalse();
        assertThat(port.isUntouched()).isTrue();
      }
      port.submit();
      assertThat(driver.accepted).isEmpty();
      offerUpTo(port, 2);
      assertHasOnly(second);
      driver.completeAll(Status.OK);
      assertThat(takeBack(port)).isEqualTo(first);
      assertThat(takeBack(port)).isEqualTo(second);
      assertThat(takeBack(port)).isEqualTo(BlockPort.NONE);
      assertThat(attachment.faults()).isEmpty();
      attachment.close().toCompletableFuture().join();
    }
  }
}
