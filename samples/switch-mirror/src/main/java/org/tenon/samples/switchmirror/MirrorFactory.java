package org.tenon.samples.switchmirror;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchHost;

/** Where the extension begins. Keeps no state; any thread may call it at any time. */
public final class MirrorFactory implements SwitchExtensionFactory {
  private static final Identifier ID = new Identifier("switch-mirror");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));

  /** Does nothing: opening is for {@link #open}. */
  public MirrorFactory() {}

  @Override
  public Identifier id() {
    return ID;
  }

  @Override
  public VersionRange spi() {
    return SPI;
  }

  @Override
  public List<ConfigKey> configKeys() {
    return MirrorSettings.KEYS;
  }

  @Override
  public SwitchExtension open(Config config, SwitchHost host) throws DriverException {
    return new Mirror(MirrorSettings.read(config), host);
  }
}
