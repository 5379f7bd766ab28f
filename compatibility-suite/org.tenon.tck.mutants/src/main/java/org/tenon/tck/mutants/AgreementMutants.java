package org.tenon.tck.mutants;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.tenon.api.Status;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockOperation;

/** Drivers that answer wrongly what they can do, and what they are. */
final class AgreementMutants {
  private AgreementMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "agreement-beyond-offer",
            "takes more queues than are offered",
            new TakesTooMuch(),
            "BLK-001"),
        Mutant.of("impure-negotiation", "answers one offer in two ways", new Impure(), "BLK-002"),
        Mutant.of(
            "done-not-declared",
            "carries out what was not agreed",
            Variation.driver(Undeclared::new),
            "BLK-005"),
        Mutant.of(
            "unknown-operation-ok",
            "answers OK to an operation that does not exist",
            Variation.queue(AnyOperation::new),
            "BLK-006"),
        Mutant.of(
            "declared-not-done",
            "takes discard and answers IO_ERROR to each",
            Variation.queue(NoDiscard::new),
            "BLK-007"),
        Mutant.of(
            "unknown-flags-refused",
            "refuses flags that it does not know",
            Variation.queue(StrictFlags::new),
            "BLK-008"),
        Mutant.of(
            "serial-changes",
            "has another serial each time the image is opened",
            new NewSerial(),
            "BLK-014"),
        Mutant.of(
            "throws-on-bad-settings",
            "throws past DriverException where the image is missing",
            new Throws(),
            "DRV-014"),
        Mutant.of(
            "secret-in-error",
            "tells the secret setting in a log line",
            new TellsSecret(),
            "DRV-015"));
  }

  private static final class TakesTooMuch extends BaseFactory {
    @Override
    public BlockAgreement negotiate(BlockOffer offer) {
      int more = Math.min(offer.maxQueues() + 1, BlockOffer.QUEUES_LIMIT);
      return BlockOffer.of(offer.capabilities(), more, offer.maxQueueDepth())
          .accept()
          .take(BlockCapabilities.FLUSH, BlockCapabilities.FUA)
          .queues(more)
          .build();
    }
  }

  private static final class Impure extends BaseFactory {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public BlockAgreement negotiate(BlockOffer offer) {
      return offer
          .accept()
          .take(BlockCapabilities.FLUSH)
          .queueDepth(1 + asked.getAndIncrement() % 2)
          .build();
    }
  }

  private static final class NewSerial extends BaseFactory {
    private final AtomicInteger opened = new AtomicInteger();

    @Override
    String serial(Path path) {
      return "S" + opened.incrementAndGet();
    }
  }

  private static final class Throws extends BaseFactory {
    @Override
    public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host) {
      try {
        return super.open(agreement, config, host);
      } catch (DriverException e) {
        throw new IllegalStateException("cannot open", e);
      }
    }
  }

  private static final class TellsSecret extends BaseFactory {
    @Override
    public BlockDriver open(BlockAgreement agreement, Config config, BlockHost host)
        throws DriverException {
      String token = config.optionalText(TOKEN).orElse("no token");
      host.log().log(System.Logger.Level.INFO, "opening {0} with {1}", config.path(PATH), token);
      return super.open(agreement, config, host);
    }
  }

  private static final class Undeclared extends BaseDriver {
    Undeclared(BaseFactory.Opening opening) {
      super(opening);
    }

    @Override
    boolean understands(int operation) {
      return operation >= BlockOperation.READ && operation <= BlockOperation.WRITE_ZEROES;
    }
  }

  private static final class AnyOperation extends BaseQueue {
    AnyOperation(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    void serve(int tag) {
      int operation = requests.operation(tag);
      if (operation < BlockOperation.READ || operation > BlockOperation.WRITE_ZEROES) {
        complete(tag, Status.OK, 0);
      } else {
        super.serve(tag);
      }
    }
  }

  private static final class NoDiscard extends BaseQueue {
    NoDiscard(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      int status = super.check(tag);
      return status == Status.OK && requests.operation(tag) == BlockOperation.DISCARD
          ? Status.IO_ERROR
          : status;
    }
  }

  private static final class StrictFlags extends BaseQueue {
    StrictFlags(BaseDriver driver, int index) {
      super(driver, index);
    }

    @Override
    int check(int tag) {
      boolean unknown =
          (requests.flags(tag) & ~(BlockOperation.FUA | BlockOperation.MAY_UNMAP)) != 0;
      return unknown ? Status.INVALID : super.check(tag);
    }
  }
}
