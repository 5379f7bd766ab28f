package org.tenon.kit.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.tenon.api.Fault;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;

/** The host's side of one block driver, put together after the negotiation. */
final class BlockRig extends Rig {
  private final BlockAgreement agreement;
  private final List<BlockPort> ports = new ArrayList<>();
  private final CheckingBlockHost host;

  private BlockRig(
      BlockAgreement agreement,
      HarnessOptions options,
      BlockObserver observer,
      HostServices services) {
    super(services);
    this.agreement = agreement;
    for (int queue = 0; queue < agreement.queues(); queue++) {
      ports.add(add(new BlockPort(queue, agreement.queueDepth(), options, observer, services)));
    }
    host = new CheckingBlockHost(agreement, options.deadlines(), services, ports);
    begin();
  }

  /**
   * Negotiates with a driver.
   *
   * @throws DriverException if it refuses
   */
  static BlockRig negotiate(
      BlockDriverFactory factory, HarnessOptions options, BlockOffer offer, BlockObserver observer)
      throws DriverException {
    HostServices services =
        new HostServices(factory, options, BlockClauses.MEMORY_IS_OVER, observer::faultFound);
    BlockAgreement taken =
        services.negotiate(BlockClauses.NEGOTIATE_PURE, () -> factory.negotiate(offer));
    if (!taken.isWithin(offer)) {
      services
          .faults()
          .report(
              BlockClauses.AGREEMENT_SUBSET,
              Fault.Kind.BAD_ANSWER,
              taken + " is not within the " + offer);
    }
    return new BlockRig(taken, options, observer, services);
  }

  /** Lets submissions through. */
  void run(BlockDriver driver) {
    for (int queue = 0; queue < ports.size(); queue++) {
      ports.get(queue).run(driver.queue(queue), geometry().logicalBlockSize());
    }
  }

  List<Submission> inFlight() {
    return ports.stream().flatMap(port -> port.inFlight().stream()).toList();
  }

  BlockPort port(int queue) {
    return ports.get(Objects.checkIndex(queue, ports.size()));
  }

  List<Integer> queues() {
    return IntStream.range(0, ports.size()).boxed().toList();
  }

  BlockGeometry geometry() {
    return Objects.requireNonNull(host.expected(), "the driver is not open");
  }

  BlockAgreement agreement() {
    return agreement;
  }

  @Override
  CheckingBlockHost host() {
    return host;
  }
}
