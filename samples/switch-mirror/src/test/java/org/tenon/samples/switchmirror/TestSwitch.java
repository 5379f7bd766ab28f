package org.tenon.samples.switchmirror;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.spi.Config;
import org.tenon.spi.Deadlines;
import org.tenon.spi.DriverException;
import org.tenon.spi.HostClock;
import org.tenon.spi.net.vswitch.SwitchDecision;
import org.tenon.spi.net.vswitch.SwitchFrame;
import org.tenon.spi.net.vswitch.SwitchHost;
import org.tenon.spi.net.vswitch.SwitchPort;

/** As much of a switch as an extension sees. */
final class TestSwitch implements SwitchHost {
  private final List<Health> healths = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  /** A frame that entered by a port, of a VLAN. */
  record Frame(int port, int vlan, int length) implements SwitchFrame {
    @Override
    public int octet(int index) {
      return 0;
    }

    @Override
    public long destination() {
      return 0;
    }

    @Override
    public long source() {
      return 0;
    }

    @Override
    public long offload() {
      return 0;
    }
  }

  /** Where a frame leaves. */
  static final class Decision implements SwitchDecision {
    final Set<Integer> leaves = new TreeSet<>();
    final Set<Integer> mirrors = new TreeSet<>();

    @Override
    public boolean contains(int port) {
      return leaves.contains(port);
    }

    @Override
    public void add(int port) {
      leaves.add(port);
    }

    @Override
    public void mirror(int port) {
      mirrors.add(port);
    }

    @Override
    public void remove(int port) {
      leaves.remove(port);
    }

    @Override
    public void drop() {
      leaves.clear();
    }

    @Override
    public String toString() {
      return leaves + " and " + mirrors;
    }
  }

  /** Keeps the lines. */
  private final class Log implements System.Logger {
    @Override
    public String getName() {
      return "switch-mirror";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
      lines.add(text);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
      lines.add(new MessageFormat(format, Locale.ROOT).format(values));
    }
  }

  /** Opens the extension, with ports a, b, c and watch, numbered from 0. */
  Mirror open(Map<String, String> settings) throws DriverException {
    Config config = Config.of(new MirrorFactory().configKeys(), settings);
    Mirror mirror = (Mirror) new MirrorFactory().open(config, this);
    String[] names = {"a", "b", "c", "watch"};
    for (int i = 0; i < names.length; i++) {
      mirror.portAdded(new SwitchPort(i, names[i], false, 0));
    }
    mirror.start();
    return mirror;
  }

  /** What becomes of a frame that the switch floods to all ports but the one of entry. */
  static String flood(Mirror mirror, int port, int vlan) {
    Decision decision = new Decision();
    for (int i = 0; i < 4; i++) {
      if (i != port) {
        decision.add(i);
      }
    }
    mirror.forward(new Frame(port, vlan, 100), decision);
    return decision.toString();
  }

  /** What becomes of a frame that the switch sends by one port. */
  static String unicast(Mirror mirror, int from, int to) {
    Decision decision = new Decision();
    decision.add(to);
    mirror.forward(new Frame(from, 0, 100), decision);
    return decision.toString();
  }

  List<Health> healths() {
    return healths;
  }

  List<String> lines() {
    return lines;
  }

  @Override
  public String switchName() {
    return "lab";
  }

  @Override
  public int maxPorts() {
    return 16;
  }

  @Override
  public HostClock clock() {
    throw new AssertionError("the mirror needs no time");
  }

  @Override
  public Deadlines deadlines() {
    return Deadlines.DEFAULT;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    throw new AssertionError("the mirror needs no thread");
  }

  @Override
  public System.Logger log() {
    return new Log();
  }

  @Override
  public void healthChanged(Health now) {
    healths.add(now);
  }
}
