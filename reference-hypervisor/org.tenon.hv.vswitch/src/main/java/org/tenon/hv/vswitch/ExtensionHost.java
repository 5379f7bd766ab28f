package org.tenon.hv.vswitch;

import org.tenon.api.Health;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.net.vswitch.SwitchHost;

/** The host as one extension sees it. */
final class ExtensionHost implements SwitchHost {
  private final String switchName;
  private final String extension;
  private final ExtensionLimits limits;
  private final System.Logger log;

  ExtensionHost(String switchName, String extension, ExtensionLimits limits) {
    this.switchName = switchName;
    this.extension = extension;
    this.limits = limits;
    log = System.getLogger("org.tenon.driver." + extension);
  }

  @Override
  public String switchName() {
    return switchName;
  }

  @Override
  public int maxPorts() {
    return VirtualSwitch.MAX_PORTS;
  }

  @Override
  public HostClock clock() {
    return limits.clock();
  }

  @Override
  public Deadlines deadlines() {
    return limits.deadlines();
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public void healthChanged(Health now) {
    log.log(System.Logger.Level.INFO, "{0}: {1}", extension, now);
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .name(extension + "@" + switchName + " " + name)
        .unstarted(work);
  }
}
