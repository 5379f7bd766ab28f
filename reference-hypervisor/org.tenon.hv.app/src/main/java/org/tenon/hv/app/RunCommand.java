package org.tenon.hv.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.run.ConsoleWatch;
import org.tenon.hv.app.run.ControlSocket;
import org.tenon.hv.app.run.EngineChoice;
import org.tenon.hv.app.run.GuestConsole;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.MachineState;
import org.tenon.hv.machine.Outcome;
import org.tenon.hv.machine.SavedMachine;
import org.tenon.hv.machine.Statistics;
import org.tenon.hv.machine.Trace;
import org.tenon.hv.machine.TraceKind;
import org.tenon.hv.machine.gdb.GdbServer;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.hv.plugin.BundleException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tenon run}: a machine with a kernel, its console in this terminal. */
@Command(
    name = "run",
    header = "Run a guest; its serial console is this terminal.",
    footer = {
      "",
      "Keys on a terminal: Ctrl-A x ends the run, Ctrl-A Ctrl-A sends Ctrl-A.",
      "Exit status: 0 the guest powered off, 10 it asked for a restart, 11 it halted for good, 12"
          + " you ended it.",
      "Examples:",
      "  tenon guest fetch && tenon run --append console=ttyS0",
      "  tenon run --bundle samples/block-file --disk driver=block-file,path=disk.img",
      "  tenon run --bundle samples/pci-hello --device driver=pci-hello,greeting=Hi"
    })
final class RunCommand implements Callable<Integer> {
  static final int RESTART = 10;
  static final int HALTED = 11;
  static final int ENDED_BY_USER = 12;

  private final Console console;

  @Option(
      names = "--kernel",
      paramLabel = "FILE|NAME",
      defaultValue = "cloud",
      description =
          "Linux bzImage, PVH or Multiboot kernel; or cloud or standard, for the guest that 'tenon"
              + " guest fetch' got (default: ${DEFAULT-VALUE}).")
  private String kernel = "";

  @Option(names = "--initrd", paramLabel = "FILE", description = "Initial RAM disk.")
  private @Nullable Path initrd;

  @Option(
      names = "--append",
      paramLabel = "TEXT",
      defaultValue = "console=ttyS0",
      description = "Kernel parameters (default: ${DEFAULT-VALUE}).")
  private String append = "";

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "256M",
      description = "RAM, such as 256M or 4G (default: ${DEFAULT-VALUE}).")
  private String memory = "";

  @Option(
      names = "--cpus",
      paramLabel = "N",
      defaultValue = "1",
      description = "Virtual processors (default: ${DEFAULT-VALUE}).")
  private int cpus;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = EngineChoice.AUTO,
      description = "auto, sim or kvm (default: ${DEFAULT-VALUE}).")
  private String engine = "";

  @Option(
      names = "--clock",
      paramLabel = "MODE",
      description =
          "virtual: time is counted in instructions, every run is the same; patient: the same, but"
              + " an idle guest waits as long as its host; real: the host's time (default: real on"
              + " a terminal, else virtual).")
  private @Nullable ClockMode clock;

  @Option(
      names = "--trace",
      paramLabel = "KINDS",
      description = "Log to standard error: all, or some of port,mmio,msr,irq,exit.")
  private @Nullable String trace;

  @Option(
      names = "--disk",
      paramLabel = "driver=ID[,model=virtio][,slot=fixed],KEY=VALUE…",
      description =
          "A disk served by a driver of a bundle, with the driver's settings; may be given more"
              + " than once.")
  private List<String> diskOptions = List.of();

  @Option(
      names = "--nic",
      paramLabel = "driver=ID[,mac=ADDRESS][,queues=N],KEY=VALUE…",
      description =
          "A network card served by a driver of a bundle, with the driver's settings; may be given"
              + " more than once. For a driver that talks to others choose --clock patient.")
  private List<String> nicOptions = List.of();

  @Option(
      names = "--device",
      paramLabel = "driver=ID[,slot=fixed][,interrupts=any],KEY=VALUE…",
      description =
          "A PCI function of a partner's own, by a driver of a bundle, with the driver's settings;"
              + " may be given more than once.")
  private List<String> deviceOptions = List.of();

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Take commands at this Unix socket while the guest runs: plug disk …, plug nic …, plug"
              + " device …, unplug NAME, yank NAME, status, quit.")
  private @Nullable Path control;

  @Option(
      names = "--bundle",
      paramLabel = "B",
      description =
          "A bundle that drivers come from: an archive, a folder or a Maven project; may be"
              + " given more than once.")
  private List<Path> bundles = List.of();

  @Mixin private VirtioOptions devices = new VirtioOptions();

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description =
          "When --until or you end the run, save the machine to FILE; an older one is replaced.")
  private @Nullable Path save;

  @Option(
      names = "--until",
      paramLabel = "TEXT",
      description = "End the run, with status 0, as soon as the guest's console shows TEXT.")
  private @Nullable String until;

  @Option(
      names = "--restore",
      paramLabel = "FILE",
      description =
          "Go on with the machine that --save wrote; kernel, memory and processors are its own,"
              + " devices are named as then.")
  private @Nullable Path restore;

  @Option(
      names = "--gdb",
      paramLabel = "PORT",
      description =
          "Wait on this loopback port for GDB, which then drives the guest; 0 picks a free one.")
  private @Nullable Integer gdbPort;

  @Option(
      names = "--statistics",
      description = "On quit, say on standard error what the run has cost.")
  private boolean statistics;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call()
      throws InputException,
          IOException,
          InterruptedException,
          BundleException,
          AgainstSubjectException {
    try (RunDisks disks = RunDisks.open(bundles, diskOptions, nicOptions, console)) {
      disks.addDevices(deviceOptions);
      return run(disks);
    }
  }

  private int run(RunDisks disks) throws InputException, IOException, InterruptedException {
    boolean interactive =
        Boolean.getBoolean("tenon.stdin.terminal") && Boolean.getBoolean("tenon.stdout.terminal");
    if (save != null) {
      checkFolder(save);
    }
    try (GuestConsole guest = GuestConsole.open(interactive)) {
      ConsoleWatch watch = until == null ? null : new ConsoleWatch(guest, until);
      MachineConfig.Console output = watch == null ? guest : watch;
      try (Machine machine =
          restore == null
              ? fresh(output, interactive, disks)
              : restored(restore, output, interactive, disks)) {
        if (watch != null) {
          watch.whenSeen(machine::stop);
        }
        guest.read(machine::type, machine::stop);
        long before = machine.statistics().instructions();
        Outcome outcome = control == null ? run(machine) : runControlled(machine, disks, control);
        if (statistics) {
          report(machine.statistics(), before);
        }
        if (save != null && outcome.kind() == Outcome.Kind.STOPPED) {
          save(machine, save);
        }
        return watch != null && watch.isSeen() ? ExitStatus.OK : status(outcome);
      }
    } catch (BootException | IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Said before the run, not after it. */
  private static void checkFolder(Path file) throws InputException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new InputException("cannot save to " + file + ": no folder that can be written to");
    }
  }

  private static void save(Machine machine, Path file) throws InputException {
    try {
      machine.save(file);
    } catch (IOException | StateException e) {
      throw new InputException("cannot save to " + file + ": " + e.getMessage(), e);
    }
  }

  private Machine fresh(MachineConfig.Console guest, boolean interactive, RunDisks disks)
      throws BootException, InputException {
    GuestFiles files = GuestFiles.of(kernel, initrd);
    Machine machine =
        new Machine(
            config(
                guest,
                interactive,
                cpus,
                Sizes.parse("--memory", memory),
                files.kernel(),
                files.initrd()));
    try {
      plugInto(machine, disks, interactive);
      return machine;
    } catch (InputException e) {
      machine.close();
      throw e;
    }
  }

  private void plugInto(Machine machine, RunDisks disks, boolean interactive)
      throws InputException {
    List<PlannedDevice> planned = disks.planned();
    planned.addAll(devices.planned(clock(interactive)));
    PlannedDevice.plugInto(machine, planned);
  }

  private Machine restored(
      Path file, MachineConfig.Console guest, boolean interactive, RunDisks disks)
      throws InputException {
    try (SavedMachine saved = SavedMachine.open(file)) {
      MachineState state = saved.state();
      return Machine.restore(
          config(
              guest,
              interactive,
              state.processors(),
              state.memory(),
              GuestFiles.NOTHING,
              GuestFiles.NOTHING),
          saved,
          machine -> plugInto(machine, disks, interactive));
    } catch (NoSuchFileException e) {
      throw new InputException("there is no file " + file, e);
    } catch (StateException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private Outcome run(Machine machine) throws IOException, InterruptedException {
    if (gdbPort == null) {
      return machine.run();
    }
    try (GdbServer server = new GdbServer(gdbPort)) {
      console.err().printf("waiting for GDB: target remote localhost:%d%n", server.port());
      return server.serve(machine.debugger());
    }
  }

  private Outcome runControlled(Machine machine, RunDisks disks, Path path)
      throws InputException, IOException, InterruptedException {
    RunControl commands = new RunControl(machine, disks);
    ControlSocket socket;
    try {
      socket = ControlSocket.open(path, commands::answer);
    } catch (IOException e) {
      throw new InputException("cannot listen at " + path + ": " + e.getMessage(), e);
    }
    try (socket) {
      return run(machine);
    } finally {
      commands.end();
    }
  }

  private MachineConfig config(
      MachineConfig.Console guest,
      boolean interactive,
      int processors,
      long bytes,
      ByteBuffer kernelImage,
      ByteBuffer initrdImage) {
    Trace log =
        trace == null
            ? Trace.OFF
            : new Trace(TraceKind.parse(trace), line -> console.err().println(line));
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        EngineChoice.of(engine).engine(),
        processors,
        bytes,
        clock(interactive),
        kernelImage,
        initrdImage,
        append,
        guest,
        log);
  }

  private ClockMode clock(boolean interactive) {
    ClockMode byDefault = interactive ? ClockMode.REAL : ClockMode.VIRTUAL;
    return clock == null ? byDefault : clock;
  }

  /** A restored machine has retired instructions before this run. */
  private void report(Statistics cost, long before) {
    long instructions = cost.instructions() - before;
    double seconds = cost.hostNanos() / 1e9;
    console
        .err()
        .printf(
            Locale.ROOT,
            "%,d instructions in %.2f s (%.1f million/s), machine time %.3f s, %,d interrupts%n",
            instructions,
            seconds,
            instructions / seconds / 1e6,
            cost.machineNanos() / 1e9,
            cost.interrupts());
    String exits =
        cost.exits().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(exit ->
                "%s %,d".formatted(exit.getKey().name().toLowerCase(Locale.ROOT), exit.getValue()))
            .collect(Collectors.joining(", "));
    console.err().println("exits: " + exits);
  }

  private int status(Outcome outcome) {
    return switch (outcome.kind()) {
      case POWER_OFF -> ExitStatus.OK;
      case RESET -> ended("the guest asked for a restart: " + outcome.detail(), RESTART);
      case HALTED -> ended("the guest has halted: " + outcome.detail(), HALTED);
      case STOPPED, BREAKPOINT -> ENDED_BY_USER;
      case FAILED -> ended("the engine cannot go on: " + outcome.detail(), ExitStatus.OUR_FAULT);
    };
  }

  private int ended(String why, int status) {
    console.complain(why);
    return status;
  }
}
