package org.tenon.hv.machine;

import java.util.List;
import org.tenon.api.VersionRange;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverFactory;

/** What a test's driver speaks, which takes no settings. */
interface PlainFactory extends DriverFactory {
  @Override
  default VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  default List<ConfigKey> configKeys() {
    return List.of();
  }
}
