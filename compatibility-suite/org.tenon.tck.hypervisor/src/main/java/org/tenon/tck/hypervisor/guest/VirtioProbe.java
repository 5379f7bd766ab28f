package org.tenon.tck.hypervisor.guest;

/** What holds for every virtio device over PCI (VIRTIO 1.2, chapters 2, 3 and 4.1). */
final class VirtioProbe {
  private static final int SHORTEST_COMMON = 0x38;
  private static final int ENTROPY = 4;
  private static final int LARGEST_QUEUE = 32768;
  private static final int PACKED = 1 << 2;

  private VirtioProbe() {}

  static void probe() {
    int found = 0;
    for (int i = 0; i < Pci.count; i++) {
      int identity = Pci.read32(Pci.function(i), 0);
      int device = identity >>> 16;
      if ((identity & 0xffff) == Virtio.VENDOR && device >= 0x1040 && device < 0x1080) {
        found++;
        device(Pci.function(i), device);
      }
    }
    Report.aboutTheMachine();
    if (found == 0) {
      Report.restAbsent(79, 93, "no virtio device");
    }
    Report.restAbsent(94, 94, "no entropy device");
  }

  private static void device(int function, int device) {
    Report.about(function);
    Pci.allow(function, Pci.MEMORY_SPACE | Pci.BUS_MASTER | Pci.INTX_DISABLE);
    Virtio.open(function);
    Report.check(80, Virtio.isWhole(), "common, notification and ISR structures in BARs");
    if (!Virtio.isWhole()) {
      return;
    }
    Report.within(80, Virtio.commonLength, SHORTEST_COMMON, 4096, "length of the common structure");
    Report.within(81, Pci.read8(function, Pci.REVISION_AND_CLASS), 1, 255, "revision");
    decoding(function);
    Report.check(82, Virtio.reset(), "status after reset is 0");
    Virtio.addStatus(Virtio.ACKNOWLEDGE);
    Virtio.addStatus(Virtio.DRIVER);
    Report.equal(83, Virtio.status(), 3, "status, read back");
    features();
    queues(device);
    vectors(function);
    configAccess(function);
    Report.check(93, Virtio.reset(), "status after a reset in use is 0");
    Cpu.write16(Virtio.common + Virtio.QUEUE_SELECT, 0);
    int enabled = Cpu.read16(Virtio.common + Virtio.QUEUE_ENABLE);
    Report.equal(93, enabled, 0, "queue 0 enabled after a reset");
  }

  private static void decoding(int function) {
    int on = Cpu.read16(Virtio.common + Virtio.QUEUES);
    Pci.forbid(function, Pci.MEMORY_SPACE);
    int off = Cpu.read16(Virtio.common + Virtio.QUEUES);
    Pci.allow(function, Pci.MEMORY_SPACE);
    Report.check(79, on != off, "with memory space off the BAR does not answer");
  }

  private static void features() {
    Report.equal(84, Virtio.offered(1) & Virtio.VERSION_1, Virtio.VERSION_1, "VERSION_1 offered");
    int beyond = Virtio.offered(2) | Virtio.offered(0xffff);
    Report.equal(85, beyond, 0, "feature bits from 64 on");
    Virtio.accept(0, 0);
    Virtio.accept(1, 0);
    Virtio.addStatus(Virtio.FEATURES_OK);
    int refused = Virtio.status() & Virtio.FEATURES_OK;
    Report.equal(86, refused, 0, "FEATURES_OK without VERSION_1");
    boolean agreed = Virtio.negotiate(0);
    Report.check(87, agreed, "FEATURES_OK with VERSION_1");
    Report.equal(88, Virtio.accepted(1), Virtio.VERSION_1, "accepted features, read back");
  }

  private static void queues(int device) {
    int queues = Cpu.read16(Virtio.common + Virtio.QUEUES);
    Report.within(89, queues, 1, 0x7fff, "queues");
    int wrong = 0;
    int enabled = 0;
    for (int i = 0; i < queues; i++) {
      Cpu.write16(Virtio.common + Virtio.QUEUE_SELECT, i);
      int size = Cpu.read16(Virtio.common + Virtio.QUEUE_SIZE);
      boolean packed = (Virtio.offered(1) & PACKED) != 0;
      if (size > LARGEST_QUEUE || (!packed && (size & (size - 1)) != 0)) {
        wrong++;
      }
      enabled += Cpu.read16(Virtio.common + Virtio.QUEUE_ENABLE);
    }
    Report.equal(89, wrong, 0, "queues of a size that is no power of two up to 32768");
    Report.equal(90, enabled, 0, "queues enabled before the driver did");
    Cpu.write16(Virtio.common + Virtio.QUEUE_SELECT, queues);
    Report.equal(89, Cpu.read16(Virtio.common + Virtio.QUEUE_SIZE), 0, "size of the queue behind");
    Virtio.startQueue(Virtio.NO_VECTOR);
    Report.equal(90, Cpu.read16(Virtio.common + Virtio.QUEUE_ENABLE), 1, "queue 0, enabled");
    if (device == Virtio.FIRST_DEVICE + ENTROPY) {
      entropy();
    }
  }

  private static void vectors(int function) {
    if (Pci.capability(function, Pci.CAPABILITY_MSIX, 0) == 0) {
      Report.absent(91, "no MSI-X");
      return;
    }
    MsixProbe.enable(function, 0, 0x70);
    long register = Virtio.common + Virtio.CONFIG_VECTOR;
    Cpu.write16(register, 0);
    Report.equal(91, Cpu.read16(register), 0, "vector of configuration changes, read back");
    Cpu.write16(register, 0x7f0);
    Report.equal(91, Cpu.read16(register), Virtio.NO_VECTOR, "a vector that is not there");
    Cpu.write16(register, Virtio.NO_VECTOR);
    Report.equal(91, Cpu.read16(register), Virtio.NO_VECTOR, "no vector, read back");
    MsixProbe.disable(function);
  }

  /** The window in configuration space (4.1.4.9), to the number of queues. */
  private static void configAccess(int function) {
    int at = Virtio.configAccess;
    Report.check(92, at != 0, "a window to the BARs in configuration space");
    if (at == 0) {
      return;
    }
    Pci.write8(function, at + 4, Virtio.commonBar);
    Pci.write32(function, at + 8, Virtio.commonOffset + Virtio.QUEUES);
    Pci.write32(function, at + 12, 2);
    int there = Cpu.read16(Virtio.common + Virtio.QUEUES);
    Report.equal(92, Pci.read16(function, at + 16), there, "queues, through that window");
  }

  /** 5.4: the device fills what it is offered. */
  private static void entropy() {
    long first = Heap.pages(1);
    Virtio.addStatus(Virtio.DRIVER_OK);
    int written = random(first);
    int again = random(first + 64);
    Report.within(94, written, 1, 64, "bytes of entropy");
    Report.within(94, again, 1, 64, "bytes of entropy, again");
    boolean differ = Cpu.read64(first) != Cpu.read64(first + 64) || written < 8 || again < 8;
    Report.check(94, differ && Cpu.read64(first) != 0, "they differ");
  }

  private static int random(long at) {
    Virtio.describe(at, 64, Virtio.WRITABLE);
    Virtio.offer();
    return Virtio.await();
  }
}
