package org.tenon.hv.machine;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.Ticks;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.engine.CpuidTable;
import org.tenon.hv.engine.EngineVm;
import org.tenon.hv.engine.RamRegion;
import org.tenon.hv.engine.Vcpu;
import org.tenon.hv.engine.VmConfig;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.MemoryMap;
import org.tenon.hv.platform.PowerControl;
import org.tenon.hv.platform.Uart16550;
import org.tenon.hv.platform.acpi.AcpiTables;
import org.tenon.hv.platform.boot.BootEntry;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.hv.platform.boot.BootRequest;
import org.tenon.hv.platform.boot.KernelLoader;

/** A machine with a kernel loaded, ready to run. */
public final class Machine implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Machine.class.getName());

  private final MachineConfig config;
  private final GuestMemory memory;
  private final EngineVm vm;
  private final MachineClock clock;
  private final Board board;
  private final RunLoop loop;
  private final List<Processor> processors = new ArrayList<>();
  private final DiskPlug diskPlug;
  private final LoopDevicePlug loopDevicePlug;
  private final NicPlug nicPlug;
  private final DevicePlug devicePlug;
  private final List<PluggedDevice> devices = new ArrayList<>();
  private final Slots slots;

  /** Null but while a saved machine's devices are plugged in. */
  private @Nullable AwaitedDevices awaited;

  private int nextDisk;
  private int nextNic;
  private int nextDevice;
  private boolean started;
  private final ArrayDeque<Byte> typed = new ArrayDeque<>();
  private long hostNanos;

  /**
   * Builds the machine and loads the kernel.
   *
   * @throws BootException when the kernel or the initial RAM disk cannot be started
   * @throws IllegalArgumentException when the engine cannot run such a machine
   */
  public Machine(MachineConfig config) throws BootException {
    this(config, GuestMemory.allocate(layout(config)));
    try {
      BootEntry entry = load(layout(config));
      Vcpu first = processors.get(0).vcpu();
      first.setState(EntryState.of(entry, first.state()));
    } catch (BootException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The machine without anything in its memory. */
  private Machine(MachineConfig config, GuestMemory memory) {
    this.config = config;
    this.memory = memory;
    MachineType type = config.type();
    clock = new MachineClock(config.clock());
    board = new Board(type, clock, powerOn(), new Control(), new ConsolePeer());
    Ticks tsc = new Ticks(type.number("clock.tsc-hertz"));
    long instructionNanos = type.number("clock.instruction-nanos");
    CpuidTable cpuid = cpuid(type, config).restrictedTo(config.engine().supportedCpuid());
    List<RamRegion> ram =
        memory.regions().stream()
            .map(region -> new RamRegion(region.base(), region.segment(), true))
            .toList();
    try {
      vm = config.engine().create(new VmConfig(ram, cpuid, (int) tsc.at(instructionNanos)));
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    for (int i = 0; i < config.processors(); i++) {
      addProcessor(i, cpuid.get(1, 0).eax(), tsc);
    }
    loop = new RunLoop(clock, board, processors, config.trace(), tsc, instructionNanos);
    VirtioPlug virtio = new VirtioPlug(type, memory);
    diskPlug = new DiskPlug(config, virtio, memory, loop, clock);
    loopDevicePlug = new LoopDevicePlug(board, virtio, memory, loop);
    slots = new Slots(board, clock, devices);
    nicPlug = new NicPlug(config, virtio, memory, loop, clock);
    devicePlug = new DevicePlug(memory, loop, clock);
    memory.onWrite(new DmaWrites(vm, loop));
  }

  /** Plugs the devices of a saved machine into the one that goes on, in the same order. */
  @FunctionalInterface
  public interface Plugging<X extends Exception> {
    /** Calls {@link Machine#plug} for each. */
    void plugInto(Machine machine) throws X;
  }

  /** Goes on where a saved machine without devices stood. */
  public static Machine restore(MachineConfig config, SavedMachine saved)
      throws IOException, StateException {
    return restore(config, saved, machine -> {});
  }

  /**
   * Goes on where a saved machine stood. The configuration's kernel, initial RAM disk and kernel
   * parameters are not used.
   *
   * @param plugging plugs in the devices that it had
   * @throws StateException when the saved machine is damaged, or another than the configuration
   *     describes
   */
  public static <X extends Exception> Machine restore(
      MachineConfig config, SavedMachine saved, Plugging<X> plugging)
      throws IOException, StateException, X {
    MachineState state = saved.state();
    if (!state.type().equals(config.type().name())
        || state.memory() != config.memory()
        || state.processors() != config.processors()) {
      throw new StateException(
          "the saved machine is a %s with %d processors and %d MiB; ask for the same"
              .formatted(state.type(), state.processors(), state.memory() >> 20));
    }
    Machine machine = new Machine(config, GuestMemory.allocate(layout(config)));
    boolean whole = false;
    try {
      machine.plugAwaited(saved, plugging);
      machine.restore(saved);
      whole = true;
      return machine;
    } finally {
      if (!whole) {
        machine.close();
      }
    }
  }

  private <X extends Exception> void plugAwaited(SavedMachine saved, Plugging<X> plugging)
      throws StateException, X {
    AwaitedDevices had = new AwaitedDevices(saved);
    awaited = had;
    try {
      plugging.plugInto(this);
    } catch (IllegalArgumentException e) {
      throw new StateException(String.valueOf(e.getMessage()), e);
    }
    awaited = null;
    had.end();
  }

  private void restore(SavedMachine saved) throws IOException, StateException {
    MachineState state = saved.state();
    StateReader in = saved.devices();
    try {
      saved.readMemory(memory);
      clock.restore(state.nanos(), state.carry());
      board.restore(in, devices);
      for (Processor processor : processors) {
        processor.restore(in);
      }
      in.end();
      processors.forEach(loop::setTime);
      loop.restore(state.turn(), state.left());
    } catch (IllegalArgumentException e) {
      throw new StateException("the saved machine is impossible: " + e.getMessage(), e);
    }
  }

  /**
   * Saves the whole machine; between two runs, after which it may go on. Drivers come to rest
   * meanwhile; what they have answered and the guest has not got is saved with the machine.
   *
   * @param file is replaced when everything is written
   * @throws StateException when a device cannot be saved, such as one whose driver refuses; nothing
   *     is written then
   */
  public void save(Path file) throws IOException, StateException {
    int paused = 0;
    try {
      for (PluggedDevice device : devices) {
        paused++;
        device.pause();
      }
      loop.settle();
      SavedMachine.write(state(), memory, file);
    } finally {
      devices.subList(0, paused).forEach(PluggedDevice::resume);
    }
  }

  private StateWriter state() throws StateException {
    StateWriter out = new StateWriter();
    out.put(
        new MachineState(
            config.type().name(),
            config.memory(),
            config.processors(),
            clock.now(),
            clock.carry(),
            loop.turn(),
            loop.left(),
            devices.size()));
    for (PluggedDevice device : devices) {
      device.saveIdentity(out);
    }
    board.save(out, devices);
    for (Processor processor : processors) {
      loop.setTime(processor);
      processor.save(out);
    }
    return out;
  }

  private static RamLayout layout(MachineConfig config) {
    return RamLayout.split(config.memory(), config.type().number("ram.low-end"));
  }

  private BootEntry load(RamLayout layout) throws BootException {
    AcpiTables acpi = new AcpiTables(config.type(), config.processors());
    ByteBuffer image = ByteBuffer.wrap(acpi.image());
    BootRequest request =
        new BootRequest(
            config.kernel(),
            config.initrd(),
            config.commandLine(),
            MemoryMap.of(config.type(), layout),
            acpi.rootPointer());
    if (!memory.write(acpi.rootPointer(), MemorySegment.ofBuffer(image))) {
      throw new IllegalArgumentException("no RAM below 1 MiB for the ACPI tables");
    }
    return KernelLoader.load(request, memory);
  }

  private void addProcessor(int index, int signature, Ticks tsc) {
    Vcpu vcpu = vm.createVcpu(index);
    vcpu.setState(EntryState.withMemoryTypes(vcpu.state()));
    Ticks apicTicks = new Ticks(config.type().number("clock.apic-hertz"));
    Processor processor =
        new Processor(index, vcpu, signature, board.apicBus, board.pics, clock, apicTicks, tsc);
    if (index == 0) {
      board.connectLegacyOutput(asserted -> processor.apic().setLine(0, asserted));
    }
    processors.add(processor);
  }

  private static CpuidTable cpuid(MachineType type, MachineConfig config) {
    return new CpuidTable(
        type.cpuid(config.processors()).stream()
            .map(row ->
                new CpuidTable.Entry(
                    row.leaf(), row.subleaf(), row.eax(), row.ebx(), row.ecx(), row.edx()))
            .toList());
  }

  private long powerOn() {
    return config.clock() == ClockMode.VIRTUAL
        ? config.type().number("clock.power-on")
        : Instant.now().getEpochSecond();
  }

  /**
   * Plugs a disk in: before the first {@link #run()} into the next fixed slot, afterwards into an
   * empty hot-plug slot; see {@link #plug(DiskConfig, SlotKind)}.
   */
  public String plug(DiskConfig disk) throws AttachException {
    return plug(disk, started ? SlotKind.HOT_PLUG : SlotKind.FIXED);
  }

  /**
   * Plugs a disk in. The machine closes its driver. On the run-loop thread ({@link #post}), or
   * while the machine does not run; the guest waits while the driver is opened.
   *
   * @return the name by which it is unplugged
   * @throws AttachException when the driver refuses, fails or hangs; nothing is plugged then
   * @throws IllegalArgumentException when every slot of that kind is taken
   * @throws IllegalStateException for a fixed slot of a machine that has run
   */
  public String plug(DiskConfig disk, SlotKind kind) throws AttachException {
    checkKind(kind);
    try {
      DiskState saved = awaited(DeviceKind.DISK, DiskState.class);
      String name = "disk" + nextDisk;
      int slot = saved == null ? slots.free(kind) : slots.again(saved.slot());
      Disk made = diskPlug.make(name, disk, slots.slot(slot), slot, saved);
      slots.put(name, made, slot, started);
      nextDisk++;
      return name;
    } catch (StateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private void checkKind(SlotKind kind) {
    if (started && kind == SlotKind.FIXED) {
      throw new IllegalStateException(
          "a fixed slot is filled before the machine runs; use a hot-plug slot");
    }
  }

  /**
   * Plugs a virtio device into the next PCI slot; before the first {@link #run()}.
   *
   * @throws IOException where a socket or file of the host's cannot be had; nothing is plugged then
   * @throws IllegalArgumentException when every slot is taken, and where a machine that is restored
   *     had another device or none
   */
  public void plug(VirtioConfig device) throws IOException {
    if (started) {
      throw new IllegalStateException("a virtio device is plugged in before the machine runs");
    }
    try {
      LoopDeviceState saved = awaited(DeviceKind.VIRTIO, LoopDeviceState.class);
      devices.add(loopDevicePlug.plug("virtio" + devices.size(), device, saved));
    } catch (StateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Plugs a network card in: before the first {@link #run()} into the next fixed slot, afterwards
   * into an empty hot-plug slot. The machine closes its driver. Where {@link #plug(DiskConfig,
   * SlotKind)} may be called.
   *
   * @return the name by which it is unplugged
   * @throws AttachException when the driver refuses, fails or hangs; nothing is plugged then
   * @throws IllegalArgumentException when every slot of that kind is taken, and where a machine
   *     that is restored had another device or none
   */
  public String plug(NicConfig nic) throws AttachException {
    try {
      NicState saved = awaited(DeviceKind.NIC, NicState.class);
      String name = "nic" + nextNic;
      int slot =
          saved == null
              ? slots.free(started ? SlotKind.HOT_PLUG : SlotKind.FIXED)
              : slots.again(saved.slot());
      Nic made = nicPlug.make(name, nic, slots.slot(slot), slot, saved);
      slots.put(name, made, slot, started);
      nextNic++;
      return name;
    } catch (StateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * What kind of device a machine that is restored had next, to be plugged in now; null where it
   * had no more, and for any other machine.
   */
  public @Nullable DeviceKind awaited() {
    return awaited == null ? null : awaited.next();
  }

  /** What the next device must be in a machine that is restored; null in any other. */
  private <S extends Record> @Nullable S awaited(DeviceKind kind, Class<S> identity)
      throws StateException {
    return awaited == null ? null : awaited.take(kind, identity);
  }

  /**
   * Asks the guest to let go of what is in a hot-plug slot, as by the slot's attention button. It
   * leaves when the guest turns its slot's power off, or at once where it is off. Where {@link
   * #plug} may be called.
   *
   * @throws IllegalArgumentException when nothing of that name is in a hot-plug slot
   * @throws IllegalStateException when the guest has been asked already
   */
  public void unplug(String name) {
    slots.unplug(name);
  }

  /**
   * Pulls something out of its hot-plug slot, whatever the guest does with it. When this returns
   * the guest reaches nothing of it, its requests have ended, nothing of it writes guest memory any
   * more and its driver is closed. Where {@link #plug} may be called.
   *
   * @throws IllegalArgumentException when nothing of that name is in a hot-plug slot
   */
  public void yank(String name) {
    slots.yank(name);
  }

  /** The disks, in the order of their coming. Where {@link #plug} may be called. */
  public List<DiskStatus> disks() {
    List<DiskStatus> all = new ArrayList<>();
    for (PluggedDevice device : devices) {
      if (device instanceof Disk disk) {
        all.add(disk.status(slots.describe(disk.name())));
      }
    }
    return all;
  }

  /** The network cards, likewise. */
  public List<DeviceStatus> nics() {
    List<DeviceStatus> all = new ArrayList<>();
    for (PluggedDevice device : devices) {
      if (device instanceof Nic nic) {
        all.add(nic.status(slots.describe(nic.name())));
      }
    }
    return all;
  }

  /** The partners' own PCI functions, likewise. */
  public List<DeviceStatus> functions() {
    List<DeviceStatus> all = new ArrayList<>();
    for (PluggedDevice device : devices) {
      if (device instanceof PartnerDevice one) {
        all.add(one.status(slots.describe(one.name())));
      }
    }
    return all;
  }

  /**
   * Plugs a partner's own PCI function in: before the first {@link #run()} into the next fixed
   * slot, afterwards into an empty hot-plug slot; see {@link #plug(DeviceConfig, SlotKind)}.
   */
  public String plug(DeviceConfig device) throws AttachException {
    return plug(device, started ? SlotKind.HOT_PLUG : SlotKind.FIXED);
  }

  /**
   * Plugs a partner's own PCI function in, as {@link #plug(DiskConfig, SlotKind)} does a disk.
   *
   * @return the name by which it is unplugged
   * @throws IllegalArgumentException also when its BARs do not fit, and where a machine that is
   *     restored had another device or none
   */
  public String plug(DeviceConfig device, SlotKind kind) throws AttachException {
    checkKind(kind);
    try {
      PartnerDeviceState saved = awaited(DeviceKind.FUNCTION, PartnerDeviceState.class);
      String name = "device" + nextDevice;
      int slot = saved == null ? slots.free(kind) : slots.again(saved.slot());
      PartnerDevice made = devicePlug.make(name, device, slots.slot(slot), slot, saved);
      slots.put(name, made, slot, started);
      nextDevice++;
      return name;
    } catch (StateException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Runs until the guest, the caller or a failure ends it. May be called again after {@link
   * Outcome.Kind#STOPPED}.
   */
  public Outcome run() {
    started = true;
    long start = System.nanoTime();
    clock.start();
    try {
      return loop.run();
    } finally {
      hostNanos += System.nanoTime() - start;
    }
  }

  /**
   * Ends {@link #run()} once machine time has come to {@code nanos} since power-on: with the
   * virtual clock after the same instruction each time. Between two runs.
   */
  public void stopAt(long nanos) {
    clock
        .alarm("stop", () -> loop.end(new Outcome(Outcome.Kind.STOPPED, "at the time asked for")))
        .set(nanos);
  }

  /** Ends {@link #run()} at an instruction boundary. Any thread. */
  public void stop() {
    loop.stop();
  }

  /** Hands work to the run-loop thread, between two instructions. Any thread. */
  public void post(Runnable work) {
    loop.post(work);
  }

  /** Types into COM1. Any thread. */
  public void type(byte[] input) {
    byte[] copy = input.clone();
    post(() -> {
      for (byte value : copy) {
        typed.add(value);
      }
      feedConsole();
    });
  }

  private void feedConsole() {
    while (!typed.isEmpty() && board.com1.receive(typed.getFirst())) {
      typed.removeFirst();
    }
  }

  /** What the run has cost so far. Run-loop thread, or after {@link #run()}. */
  public Statistics statistics() {
    long instructions = processors.stream().mapToLong(p -> p.vcpu().retired()).sum();
    return new Statistics(instructions, clock.now(), hostNanos, loop.exits(), loop.interrupts());
  }

  /** The balloon, if one is plugged in; to be used where {@link #plug} may be called. */
  public Optional<Balloon> balloon() {
    return loopDevicePlug.balloon();
  }

  /** The devices, for tests. */
  Board board() {
    return board;
  }

  /** The machine as a debugger sees it. */
  public Debugger debugger() {
    return new Debugger(this, processors, memory, vm, loop);
  }

  /**
   * Closes drivers, sockets and files, then releases engine and memory; not while {@link #run()}
   * runs.
   */
  @Override
  public void close() {
    devices.forEach(PluggedDevice::close);
    loopDevicePlug.close();
    vm.close();
    try {
      memory.close();
    } catch (IllegalStateException e) {
      // The lease is what a driver that hangs inside a system call still holds; it ends with it.
      LOG.log(Level.WARNING, "a driver still uses guest memory after close: {0}", e.getMessage());
    }
  }

  private final class Control implements PowerControl {
    @Override
    public void reset(String source) {
      loop.end(new Outcome(Outcome.Kind.RESET, source));
    }

    @Override
    public void powerOff() {
      loop.end(new Outcome(Outcome.Kind.POWER_OFF, ""));
    }
  }

  private final class ConsolePeer implements Uart16550.Peer {
    @Override
    public void transmitted(int value) {
      config.console().output(value);
    }

    @Override
    public void ready() {
      feedConsole();
    }
  }
}
