package org.tenon.hv.app;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.run.EngineChoice;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.NicConfig;
import org.tenon.hv.machine.Outcome;
import org.tenon.hv.machine.SlotKind;
import org.tenon.hv.machine.Trace;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.hv.vswitch.GuestPort;
import org.tenon.hv.vswitch.PortSettings;
import org.tenon.hv.vswitch.VirtualSwitch;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.vswitch.SwitchExtensionFactory;

/** Several guests and the switches between them, each guest on a thread of its own. */
final class Lab implements AutoCloseable {
  /** The first address that is made up; the others follow. */
  private static final long FIRST_ADDRESS = 0x02_00_5e_00_00_01L;

  private final RunDisks drivers;
  private final Console console;
  private final String engine;
  private final Map<String, VirtualSwitch> switches = new LinkedHashMap<>();
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private int cards;

  /** Builds everything; on failure nothing stays open. */
  Lab(LabFile file, RunDisks drivers, String engine, Console console) throws InputException {
    this.drivers = drivers;
    this.engine = engine;
    this.console = console;
    try {
      for (LabFile.Switch wanted : file.switches()) {
        build(wanted);
      }
      for (LabFile.Guest wanted : file.guests()) {
        build(wanted);
      }
    } catch (AttachException | BootException | DriverException | IllegalArgumentException e) {
      close();
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (InputException e) {
      close();
      throw e;
    }
  }

  private void build(LabFile.Switch wanted)
      throws InputException, AttachException, ConfigException, DriverException {
    VirtualSwitch made =
        new VirtualSwitch(wanted.name(), wanted.mtu() == null ? 1500 : wanted.mtu());
    if (switches.put(wanted.name(), made) != null) {
      throw new InputException("two switches are called " + wanted.name());
    }
    for (LabFile.Extension extension : wanted.extensions()) {
      SwitchExtensionFactory factory =
          drivers.factory(SwitchExtensionFactory.class, extension.driver());
      made.extend(
          factory, Config.of(factory.configKeys(), extension.settings()), isOpen(extension.fail()));
    }
    for (LabFile.Uplink uplink : wanted.uplinks()) {
      NicDriverFactory factory = drivers.factory(NicDriverFactory.class, uplink.driver());
      made.uplink(
          settings(uplink.name(), uplink.vlan(), uplink.trunk(), null),
          factory,
          Config.of(factory.configKeys(), uplink.settings()));
    }
  }

  private static boolean isOpen(@Nullable String fail) throws InputException {
    if (fail == null || fail.equals("closed")) {
      return false;
    }
    if (fail.equals("open")) {
      return true;
    }
    throw new InputException("fail: %s: write open or closed".formatted(fail));
  }

  private static PortSettings settings(
      String name, @Nullable Integer vlan, Set<Integer> trunk, @Nullable Integer floods) {
    return new PortSettings(
        name, vlan == null ? 0 : vlan, trunk, floods == null ? PortSettings.FLOOD_LIMIT : floods);
  }

  private void build(LabFile.Guest wanted)
      throws InputException, AttachException, BootException, ConfigException {
    GuestFiles files =
        GuestFiles.of(
            wanted.kernel() == null ? "cloud" : wanted.kernel(),
            wanted.initrd() == null ? null : Path.of(wanted.initrd()));
    Machine machine =
        new Machine(
            new MachineConfig(
                MachineType.of(MachineType.CURRENT),
                EngineChoice.of(engine).engine(),
                wanted.cpus() == null ? 1 : wanted.cpus(),
                Sizes.parse("memory", wanted.memory() == null ? "256M" : wanted.memory()),
                ClockMode.REAL,
                files.kernel(),
                files.initrd(),
                wanted.append() == null ? "console=ttyS0" : wanted.append(),
                new Lines(wanted.name()),
                Trace.OFF));
    if (machines.put(wanted.name(), machine) != null) {
      machine.close();
      throw new InputException("two guests are called " + wanted.name());
    }
    for (String disk : wanted.disks()) {
      machine.plug(drivers.resolve(DiskOption.parse(disk)), SlotKind.FIXED);
    }
    for (int i = 0; i < wanted.nics().size(); i++) {
      plug(machine, wanted.name() + ".nic" + i, wanted.nics().get(i));
    }
  }

  private void plug(Machine machine, String name, LabFile.Card card)
      throws InputException, AttachException, ConfigException {
    VirtualSwitch joined = switches.get(card.port());
    if (joined == null) {
      throw new InputException(
          "%s: there is no switch %s; there are %s"
              .formatted(name, card.port(), switches.keySet()));
    }
    MacAddress address =
        card.mac() == null
            ? new MacAddress(FIRST_ADDRESS + cards)
            : NicOption.stationAddress(card.mac());
    cards++;
    GuestPort port =
        joined.guestPort(settings(name, card.vlan(), card.trunk(), card.floods()), address);
    machine.plug(new NicConfig(port, Config.of(port.configKeys(), Map.of()), address, 1));
  }

  /** Runs all guests until the last one ends; how each did, by its name. */
  Map<String, Outcome> run() throws InterruptedException {
    Map<String, Future<Outcome>> running = new LinkedHashMap<>();
    Map<String, Outcome> ended = new LinkedHashMap<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("guest-", 0).factory())) {
      machines.forEach((name, machine) -> running.put(name, threads.submit(machine::run)));
      for (Map.Entry<String, Future<Outcome>> guest : running.entrySet()) {
        ended.put(guest.getKey(), outcome(guest.getValue()));
      }
    }
    return ended;
  }

  private static Outcome outcome(Future<Outcome> guest) throws InterruptedException {
    try {
      return guest.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a guest's run has failed", e.getCause());
    }
  }

  /** What has passed each switch, a line for each port. */
  List<String> statistics() {
    List<String> lines = new ArrayList<>();
    switches
        .values()
        .forEach(one ->
            one.statistics()
                .forEach(
                    (port, passed) -> lines.add("%s %s: %s".formatted(one.name(), port, passed))));
    return lines;
  }

  @Override
  public void close() {
    machines.values().forEach(Machine::close);
    switches.values().forEach(VirtualSwitch::close);
  }

  /** A guest's console: whole lines, each behind its name. Its run-loop thread alone. */
  private final class Lines implements MachineConfig.Console {
    private final String name;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(String name) {
      this.name = name;
    }

    @Override
    public void output(int value) {
      if (value == '\n') {
        synchronized (console) {
          console
              .out()
              .println(name + "| " + line.toString(StandardCharsets.UTF_8).replace("\r", ""));
          console.out().flush();
        }
        line.reset();
      } else {
        line.write(value);
      }
    }
  }
}
