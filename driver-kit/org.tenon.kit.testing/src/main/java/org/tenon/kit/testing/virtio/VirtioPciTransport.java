package org.tenon.kit.testing.virtio;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.kit.testing.pci.GuestFunction;
import org.tenon.kit.testing.pci.PciMachine;

/**
 * A virtio device behind PCI as a guest's driver finds it (VIRTIO 1.2 section 4.1): capabilities
 * that say where its structures lie, a vector of MSI-X for the configuration and one for each
 * queue. For the threads that {@link VirtioTransport} names.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class VirtioPciTransport implements VirtioTransport {
  private static final int VENDOR_SPECIFIC = 0x09;
  private static final int FIRST_DEVICE_ID = 0x1040;

  // Where the common configuration has its fields (section 4.1.4.3).
  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0c;
  private static final int CONFIGURATION_VECTOR = 0x10;
  private static final int QUEUES = 0x12;
  private static final int STATUS = 0x14;
  private static final int GENERATION = 0x15;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_VECTOR = 0x1a;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_NOTIFY_OFFSET = 0x1e;
  private static final int QUEUE_AREAS = 0x20;

  /** The interrupt of vector 0; those below 32 are the processor's own. */
  private static final int FIRST_INTERRUPT = 0x40;

  private final PciMachine machine;
  private final GuestFunction function;
  private final long common;
  private final long notification;
  private final long notificationMultiplier;
  private final long configuration;
  private final int configurationBytes;
  private final long[] notificationOf;
  private volatile @Nullable Interrupts listener;

  /** The structures of the types of section 4.1.4. */
  private enum Structure {
    COMMON(1),
    NOTIFICATION(2),
    DEVICE(4);

    private final int type;

    Structure(int type) {
      this.type = type;
    }
  }

  /**
   * Finds the structures, and has the function decode memory, master the bus and send messages.
   *
   * @throws VirtioViolation if a structure that a modern device must have is missing
   */
  public VirtioPciTransport(PciMachine machine) {
    this.machine = machine;
    function = new GuestFunction(machine);
    function.command(GuestFunction.MEMORY_SPACE | GuestFunction.BUS_MASTER);
    common = place(Structure.COMMON);
    notification = place(Structure.NOTIFICATION);
    notificationMultiplier = machine.readConfig(capability(Structure.NOTIFICATION) + 16, 4);
    configuration = place(Structure.DEVICE);
    configurationBytes = (int) machine.readConfig(capability(Structure.DEVICE) + 12, 4);
    notificationOf = new long[queues()];
    function.enableMessages(FIRST_INTERRUPT, false);
    machine.onInterrupt(this::interrupted);
  }

  private long place(Structure structure) {
    int at = capability(structure);
    return function.memoryBase((int) machine.readConfig(at + 4, 1)) + machine.readConfig(at + 8, 4);
  }

  private int capability(Structure structure) {
    return function.capabilities(VENDOR_SPECIFIC).stream()
        .filter(at -> machine.readConfig(at + 3, 1) == structure.type)
        .findFirst()
        .orElseThrow(() ->
            new VirtioViolation(
                "4.1.4", "the function has no capability for its " + structure + " structure"));
  }

  private void interrupted(int interrupt) {
    Interrupts hears = listener;
    int vector = interrupt - FIRST_INTERRUPT;
    if (hears == null || vector < 0) {
      return;
    }
    if (vector == 0) {
      hears.configuration();
    } else {
      hears.queue(vector - 1);
    }
  }

  /** The PCI function, whose command register a test may change. */
  public GuestFunction function() {
    return function;
  }

  /** The machine that the device is in. */
  public PciMachine machine() {
    return machine;
  }

  @Override
  public MemorySegment memory() {
    return machine.ram();
  }

  @Override
  public long memoryBase() {
    return machine.ramBase();
  }

  @Override
  public int deviceType() {
    return (int) machine.readConfig(2, 2) - FIRST_DEVICE_ID;
  }

  @Override
  public long deviceFeatures() {
    machine.writeMemory(common + DEVICE_FEATURE_SELECT, 4, 0);
    long low = machine.readMemory(common + DEVICE_FEATURE, 4);
    machine.writeMemory(common + DEVICE_FEATURE_SELECT, 4, 1);
    return machine.readMemory(common + DEVICE_FEATURE, 4) << 32 | low;
  }

  @Override
  public void driverFeatures(long bits) {
    machine.writeMemory(common + DRIVER_FEATURE_SELECT, 4, 0);
    machine.writeMemory(common + DRIVER_FEATURE, 4, bits & 0xffff_ffffL);
    machine.writeMemory(common + DRIVER_FEATURE_SELECT, 4, 1);
    machine.writeMemory(common + DRIVER_FEATURE, 4, bits >>> 32);
    // A reset has taken the vectors away; the queues get theirs when they are set up.
    machine.writeMemory(common + CONFIGURATION_VECTOR, 2, 0);
  }

  @Override
  public int status() {
    return (int) machine.readMemory(common + STATUS, 1);
  }

  @Override
  public void status(int bits) {
    machine.writeMemory(common + STATUS, 1, bits);
  }

  @Override
  public int queues() {
    return (int) machine.readMemory(common + QUEUES, 2);
  }

  @Override
  public int maxQueueSize(int queue) {
    select(queue);
    return (int) machine.readMemory(common + QUEUE_SIZE, 2);
  }

  private void select(int queue) {
    machine.writeMemory(common + QUEUE_SELECT, 2, queue);
  }

  @Override
  public void setUpQueue(
      int queue, int size, long descriptorArea, long driverArea, long deviceArea) {
    select(queue);
    machine.writeMemory(common + QUEUE_SIZE, 2, size);
    machine.writeMemory(common + QUEUE_VECTOR, 2, queue + 1);
    long[] areas = {descriptorArea, driverArea, deviceArea};
    for (int i = 0; i < areas.length; i++) {
      machine.writeMemory(common + QUEUE_AREAS + 8L * i, 4, areas[i] & 0xffff_ffffL);
      machine.writeMemory(common + QUEUE_AREAS + 8L * i + 4, 4, areas[i] >>> 32);
    }
    notificationOf[queue] =
        notification + machine.readMemory(common + QUEUE_NOTIFY_OFFSET, 2) * notificationMultiplier;
    machine.writeMemory(common + QUEUE_ENABLE, 2, 1);
  }

  @Override
  public void notifyQueue(int queue) {
    machine.writeMemory(notificationOf[queue], 2, queue);
  }

  @Override
  public long readConfig(int offset, int width) {
    long value = 0;
    for (int i = 0; i < width && offset + i < configurationBytes; i++) {
      value |= machine.readMemory(configuration + offset + i, 1) << (8 * i);
    }
    return value;
  }

  @Override
  public void writeConfig(int offset, int width, long value) {
    for (int i = 0; i < width && offset + i < configurationBytes; i++) {
      machine.writeMemory(configuration + offset + i, 1, value >>> (8 * i) & 0xff);
    }
  }

  @Override
  public int configGeneration() {
    return (int) machine.readMemory(common + GENERATION, 1);
  }

  @Override
  public void onInterrupt(Interrupts hears) {
    listener = hears;
  }

  /** Closes the machine. */
  @Override
  public void close() {
    machine.close();
  }
}
