package org.tenon.tck.mutants.net;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Capability;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffer;

/** The correct driver that all NIC mutants vary: every capability, on a wire in memory. */
class BaseNicFactory implements NicDriverFactory {
  static final String TOKEN = "token";

  @Override
  public Identifier id() {
    return new Identifier("mutant-nic");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.compatibleWith(new Version(1, 0, 0));
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of(
        ConfigKey.required(MemoryWire.SETTING, ConfigKey.Type.TEXT, "number of the wire"),
        ConfigKey.optional(TOKEN, ConfigKey.Type.TEXT, "what opens the wire").asSecret());
  }

  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return offer
        .accept()
        .take(NicCapabilities.ALL.toArray(Capability[]::new))
        .queuePairs(4)
        .queueDepth(256)
        .build();
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host)
      throws DriverException {
    String number = config.text(MemoryWire.SETTING);
    MemoryWire wire = MemoryWire.find(number);
    if (wire == null) {
      throw new DriverException(Status.NOT_READY, "there is no such wire; lay one first");
    }
    return newDriver(agreement, host, wire);
  }

  BaseNicDriver newDriver(NicAgreement agreement, NicHost host, MemoryWire wire) {
    return new BaseNicDriver(agreement, host, wire, BaseNicPair::new);
  }
}
