package org.tenon.hv.vswitch;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tenon.api.Health;
import org.tenon.api.Identifier;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchExtension;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;

/** An extension that changes nothing; a test overrides what it is about. */
class ScriptedExtension implements SwitchExtensionFactory, SwitchExtension {
  @Override
  public Identifier id() {
    return new Identifier("scripted");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public SwitchExtension open(Config config, SwitchHost host) throws DriverException {
    return this;
  }

  @Override
  public void portAdded(SwitchPort port) {}

  @Override
  public void portRemoved(int port) {}

  @Override
  public void forward(SwitchFrame frame, SwitchDecision decision) {}

  @Override
  public void start() throws DriverException {}

  @Override
  public CompletionStage<Void> quiesce() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void resume() {}

  @Override
  public CompletionStage<Void> reset() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public Health health() {
    return Health.up();
  }

  @Override
  public Migration migration() {
    return new Migration.Stateless();
  }

  @Override
  public void close() {}
}
