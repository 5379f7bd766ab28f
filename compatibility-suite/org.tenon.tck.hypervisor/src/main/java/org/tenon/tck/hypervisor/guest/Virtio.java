package org.tenon.tck.hypervisor.guest;

/**
 * The driver's side of one virtio device over PCI at a time, and of its queue 0 as a split
 * virtqueue (VIRTIO 1.2, chapters 2.7 and 4.1).
 */
final class Virtio {
  static final int VENDOR = 0x1af4;
  static final int FIRST_DEVICE = 0x1040;

  static final int ACKNOWLEDGE = 1;
  static final int DRIVER = 2;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int VERSION_1 = 1;

  static final int DEVICE_FEATURE_SELECT = 0x00;
  static final int DEVICE_FEATURE = 0x04;
  static final int DRIVER_FEATURE_SELECT = 0x08;
  static final int DRIVER_FEATURE = 0x0c;
  static final int CONFIG_VECTOR = 0x10;
  static final int QUEUES = 0x12;
  static final int STATUS = 0x14;
  static final int QUEUE_SELECT = 0x16;
  static final int QUEUE_SIZE = 0x18;
  static final int QUEUE_VECTOR = 0x1a;
  static final int QUEUE_ENABLE = 0x1c;
  static final int QUEUE_NOTIFY_OFFSET = 0x1e;
  static final int QUEUE_DESCRIPTORS = 0x20;
  static final int NO_VECTOR = 0xffff;
  static final int WRITABLE = 2;

  private static final int NEXT = 1;
  private static final int ENTRIES = 8;

  /** Of a list that has no end, no more are looked at. */
  private static final int MOST_STRUCTURES = 16;

  private static final int NO_INTERRUPT = 1;

  /** Where each structure lies, 0 if there is none. */
  static long common;

  static long isr;
  static long config;
  static int configAccess;
  static int commonLength;
  static int commonBar;
  static int commonOffset;
  private static long notify;
  private static int notifyMultiplier;
  private static long rings;
  private static int available;
  private static int used;
  private static int nextDescriptor;

  private Virtio() {}

  /** Finds the structures of a function; memory decoding must be on. */
  static void open(int function) {
    common = 0;
    isr = 0;
    config = 0;
    notify = 0;
    configAccess = 0;
    int at = Pci.capability(function, Pci.CAPABILITY_VENDOR, 0);
    for (int i = 0; i < MOST_STRUCTURES && at != 0; i++) {
      structure(function, at, Pci.read8(function, at + 3));
      at = Pci.capability(function, Pci.CAPABILITY_VENDOR, at);
    }
    if (rings == 0) {
      rings = Heap.pages(3);
    }
  }

  private static void structure(int function, int at, int kind) {
    if (kind == 5) {
      configAccess = at;
      return;
    }
    int index = Pci.read8(function, at + 4);
    long bar = index < 6 ? Pci.bar(function, index) : 0;
    if (bar == 0) {
      return;
    }
    long address = bar + (Pci.read32(function, at + 8) & 0xffffffffL);
    switch (kind) {
      case 1 -> {
        common = address;
        commonBar = index;
        commonOffset = Pci.read32(function, at + 8);
        commonLength = Pci.read32(function, at + 12);
      }
      case 2 -> {
        notify = address;
        notifyMultiplier = Pci.read32(function, at + 16);
      }
      case 3 -> isr = address;
      case 4 -> config = address;
      default -> {}
    }
  }

  static boolean isWhole() {
    return common != 0 && notify != 0 && isr != 0;
  }

  static int status() {
    return Cpu.read8(common + STATUS);
  }

  static void addStatus(int bit) {
    Cpu.write8(common + STATUS, status() | bit);
  }

  /** Resets the device; whether it says in time that it has. */
  static boolean reset() {
    Cpu.write8(common + STATUS, 0);
    Time.allow(500);
    while (status() != 0 && !Time.isOver()) {
      Cpu.pause();
    }
    return status() == 0;
  }

  /** 32 feature bits that the device offers. */
  static int offered(int select) {
    Cpu.write32(common + DEVICE_FEATURE_SELECT, select);
    return Cpu.read32(common + DEVICE_FEATURE);
  }

  static void accept(int select, int bits) {
    Cpu.write32(common + DRIVER_FEATURE_SELECT, select);
    Cpu.write32(common + DRIVER_FEATURE, bits);
  }

  static int accepted(int select) {
    Cpu.write32(common + DRIVER_FEATURE_SELECT, select);
    return Cpu.read32(common + DRIVER_FEATURE);
  }

  /** Reset, ACKNOWLEDGE, DRIVER, VERSION_1 and some low features, FEATURES_OK: whether it stays. */
  static boolean negotiate(int low) {
    reset();
    addStatus(ACKNOWLEDGE);
    addStatus(DRIVER);
    accept(0, offered(0) & low);
    accept(1, VERSION_1);
    addStatus(FEATURES_OK);
    return (status() & FEATURES_OK) != 0;
  }

  /** Queue 0 with a few entries. */
  static void startQueue(int vector) {
    Heap.clear(rings, 3 * Heap.PAGE);
    available = 0;
    used = 0;
    nextDescriptor = 0;
    Cpu.write16(common + QUEUE_SELECT, 0);
    Cpu.write16(common + QUEUE_SIZE, ENTRIES);
    Cpu.write16(common + QUEUE_VECTOR, vector);
    for (int i = 0; i < 3; i++) {
      long ring = rings + (long) i * Heap.PAGE;
      Cpu.write32(common + QUEUE_DESCRIPTORS + 8L * i, (int) ring);
      Cpu.write32(common + QUEUE_DESCRIPTORS + 8L * i + 4, (int) (ring >>> 32));
    }
    Cpu.write16(common + QUEUE_ENABLE, 1);
  }

  /**
   * A buffer of the chain that {@link #offer} ends; the first of a chain begins at descriptor 0.
   */
  static void describe(long address, int length, int flags) {
    long descriptor = rings + 16L * nextDescriptor;
    Cpu.write64(descriptor, address);
    Cpu.write32(descriptor + 8, length);
    Cpu.write16(descriptor + 12, flags | NEXT);
    Cpu.write16(descriptor + 14, nextDescriptor + 1);
    nextDescriptor++;
  }

  /** Ends the chain and notifies the device. */
  static void offer() {
    long last = rings + 16L * (nextDescriptor - 1) + 12;
    Cpu.write16(last, Cpu.read16(last) & ~NEXT);
    long ring = rings + Heap.PAGE;
    Cpu.write16(ring + 4 + 2L * (available % ENTRIES), 0);
    available++;
    nextDescriptor = 0;
    Cpu.fence();
    Cpu.write16(ring + 2, available);
    Cpu.fence();
    Cpu.write16(common + QUEUE_SELECT, 0);
    int place = Cpu.read16(common + QUEUE_NOTIFY_OFFSET);
    Cpu.write16(notify + (long) place * notifyMultiplier, 0);
  }

  /** Waits for the chain to come back: how many bytes the device wrote, or -1. */
  static int await() {
    long ring = rings + 2 * Heap.PAGE;
    Time.allow(2000);
    while (Cpu.read16(ring + 2) == used && !Time.isOver()) {
      Cpu.pause();
    }
    if (Cpu.read16(ring + 2) != (used + 1 & 0xffff) || Cpu.read32(ring + 4 + entry()) != 0) {
      return -1;
    }
    int written = Cpu.read32(ring + 8 + entry());
    used = used + 1 & 0xffff;
    return written;
  }

  private static int entry() {
    return 8 * (used % ENTRIES);
  }

  static void wantInterrupts(boolean wanted) {
    Cpu.write16(rings + Heap.PAGE, wanted ? 0 : NO_INTERRUPT);
  }
}
