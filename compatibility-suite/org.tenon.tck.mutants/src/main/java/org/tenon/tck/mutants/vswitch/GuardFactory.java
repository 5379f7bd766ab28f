package org.tenon.tck.mutants.vswitch;

import java.util.List;
import java.util.function.Function;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchHost;

/**
 * Makes guards of one kind.
 *
 * @param maker makes one
 */
record GuardFactory(Function<SwitchHost, BaseGuard> maker) implements SwitchExtensionFactory {
  @Override
  public Identifier id() {
    return new Identifier("guard");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.compatibleWith(new Version(1, 0, 0));
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public SwitchExtension open(Config config, SwitchHost host) {
    return maker.apply(host);
  }
}
