package org.tenon.hv.plugin;

import java.util.List;
import java.util.Optional;
import org.tenon.api.Identifier;
import org.tenon.spi.DriverFactory;

/**
 * A bundle on its layer, with the factories of its drivers. {@link #close()} ends it; its drivers
 * are closed before.
 */
public final class LoadedBundle implements AutoCloseable {
  private final Bundle bundle;
  private final List<DriverFactory> factories;

  LoadedBundle(Bundle bundle, List<DriverFactory> factories) {
    this.bundle = bundle;
    this.factories = List.copyOf(factories);
  }

  /** What was checked and loaded. */
  public Bundle bundle() {
    return bundle;
  }

  /** The factories, in the manifest's order. */
  public List<DriverFactory> factories() {
    return factories;
  }

  /** The factories of one device class, in the manifest's order. */
  public <F extends DriverFactory> List<F> factories(Class<F> deviceClass) {
    return factories.stream().filter(deviceClass::isInstance).map(deviceClass::cast).toList();
  }

  /** The factory of one driver. */
  public Optional<DriverFactory> factory(Identifier driver) {
    for (int i = 0; i < factories.size(); i++) {
      if (bundle.manifest().drivers().get(i).id().equals(driver)) {
        return Optional.of(factories.get(i));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    bundle.close();
  }
}
