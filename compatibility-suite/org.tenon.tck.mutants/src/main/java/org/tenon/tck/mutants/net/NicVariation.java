package org.tenon.tck.mutants.net;

import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicHost;

/** The base driver with one of its parts replaced. */
final class NicVariation extends BaseNicFactory {
  /** Makes a driver. */
  @FunctionalInterface
  interface DriverMaker {
    BaseNicDriver make(
        NicAgreement agreement, NicHost host, MemoryWire wire, BaseNicDriver.PairMaker pairs);
  }

  private final DriverMaker drivers;
  private final BaseNicDriver.PairMaker pairs;

  private NicVariation(DriverMaker drivers, BaseNicDriver.PairMaker pairs) {
    this.drivers = drivers;
    this.pairs = pairs;
  }

  static NicVariation driver(DriverMaker maker) {
    return new NicVariation(maker, BaseNicPair::new);
  }

  static NicVariation pair(BaseNicDriver.PairMaker maker) {
    return new NicVariation(BaseNicDriver::new, maker);
  }

  @Override
  BaseNicDriver newDriver(NicAgreement agreement, NicHost host, MemoryWire wire) {
    return drivers.make(agreement, host, wire, pairs);
  }
}
