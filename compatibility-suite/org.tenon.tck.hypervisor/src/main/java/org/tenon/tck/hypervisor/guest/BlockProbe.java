package org.tenon.tck.hypervisor.guest;

/**
 * A virtio block device (VIRTIO 1.2, chapter 5.2). Writes to its sectors 8 to 23, and puts back
 * nothing: the disk is for the probe alone.
 */
final class BlockProbe {
  private static final int DEVICE = Virtio.FIRST_DEVICE + 2;
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int UNKNOWN = 0x7f;
  private static final int READ_ONLY_FEATURE = 1 << 5;
  private static final int FLUSH_FEATURE = 1 << 9;
  private static final int OK = 0;
  private static final int UNSUPPORTED = 2;
  private static final int UNTOUCHED = 0xee;
  private static final int SECTOR = 512;
  private static final int PLACE = 8;
  private static final int VECTOR = 0x71;

  private static long buffers;
  private static long capacity;

  private BlockProbe() {}

  static void probe() {
    int function = Pci.find(Virtio.VENDOR, DEVICE);
    if (function < 0) {
      Report.restAbsent(95, 105, "no virtio block device");
      return;
    }
    Report.about(function);
    Pci.allow(function, Pci.MEMORY_SPACE | Pci.BUS_MASTER | Pci.INTX_DISABLE);
    Virtio.open(function);
    if (!Virtio.isWhole() || !Virtio.negotiate(FLUSH_FEATURE | READ_ONLY_FEATURE)) {
      Report.check(95, false, "the device cannot be started");
      return;
    }
    buffers = Heap.pages(4);
    capacity = Cpu.read64(Virtio.config);
    Report.check(95, capacity > 32, "a capacity beyond 32 sectors");
    Virtio.startQueue(Virtio.NO_VECTOR);
    Virtio.addStatus(Virtio.DRIVER_OK);
    reads();
    boolean writes = (Virtio.offered(0) & READ_ONLY_FEATURE) == 0;
    if (writes) {
      writes();
    } else {
      Report.restAbsent(97, 98, "the disk is read-only");
    }
    errors();
    identity();
    isr();
    interrupts(function);
    Virtio.reset();
  }

  /** A request over one buffer; the bytes that the device wrote, or -1. */
  private static int request(int type, long sector, long data, int length, boolean reads) {
    long header = buffers;
    Cpu.write32(header, type);
    Cpu.write32(header + 4, 0);
    Cpu.write64(header + 8, sector);
    Cpu.write8(header + 16, UNTOUCHED);
    Virtio.describe(header, 16, 0);
    if (length > 0) {
      Virtio.describe(data, length, reads ? Virtio.WRITABLE : 0);
    }
    Virtio.describe(header + 16, 1, Virtio.WRITABLE);
    Virtio.offer();
    return Virtio.await();
  }

  private static int status() {
    return Cpu.read8(buffers + 16);
  }

  private static long data(int page) {
    return buffers + (long) page * Heap.PAGE;
  }

  private static void reads() {
    int written = request(IN, 0, data(1), SECTOR, true);
    Report.equal(96, status(), OK, "status of reading sector 0");
    Report.equal(96, written, SECTOR + 1, "bytes in the used ring");
    // The same in three pieces.
    Cpu.write8(buffers + 16, UNTOUCHED);
    Virtio.describe(buffers, 16, 0);
    Virtio.describe(data(2), 100, Virtio.WRITABLE);
    Virtio.describe(data(2) + 100, 400, Virtio.WRITABLE);
    Virtio.describe(data(2) + 500, 12, Virtio.WRITABLE);
    Virtio.describe(buffers + 16, 1, Virtio.WRITABLE);
    Virtio.offer();
    Virtio.await();
    boolean same = status() == OK && same(data(1), data(2), SECTOR);
    Report.check(96, same, "sector 0 into three buffers is the same");
  }

  static boolean same(long one, long other, int length) {
    for (int i = 0; i < length; i++) {
      if (Cpu.read8(one + i) != Cpu.read8(other + i)) {
        return false;
      }
    }
    return true;
  }

  static void pattern(long at, int length, int seed) {
    for (int i = 0; i < length; i++) {
      Cpu.write8(at + i, seed + i * 7 + (i >>> 8));
    }
  }

  private static void writes() {
    pattern(data(1), 2 * SECTOR, 3);
    request(OUT, PLACE, data(1), 2 * SECTOR, false);
    Report.equal(97, status(), OK, "status of writing");
    Heap.fill(data(2), 2 * SECTOR, 0);
    request(IN, PLACE, data(2), 2 * SECTOR, true);
    Report.check(97, same(data(1), data(2), 2 * SECTOR), "what was written, read back");
    request(IN, PLACE + 1, data(2), SECTOR, true);
    Report.check(97, same(data(1) + SECTOR, data(2), SECTOR), "its second sector alone");
    if ((Virtio.offered(0) & FLUSH_FEATURE) == 0) {
      Report.absent(98, "no flush");
      return;
    }
    request(FLUSH, 0, 0, 0, false);
    Report.equal(98, status(), OK, "status of a flush");
  }

  private static void errors() {
    request(IN, capacity, data(1), SECTOR, true);
    Report.equal(99, status(), 1, "status of a read behind the end");
    request(IN, capacity - 1, data(1), 2 * SECTOR, true);
    Report.equal(99, status(), 1, "status of a read over the end");
    request(UNKNOWN, 0, data(1), SECTOR, true);
    Report.equal(100, status(), UNSUPPORTED, "status of an unknown request");
    request(IN, 0, data(1), SECTOR, true);
    Report.equal(100, status(), OK, "status of a read after those");
  }

  private static void identity() {
    Heap.fill(data(1), 32, UNTOUCHED);
    int written = request(GET_ID, 0, data(1), 20, true);
    boolean bounded = Cpu.read8(data(1) + 20) == UNTOUCHED;
    Report.check(101, status() == OK && written <= 21 && bounded, "identity of 20 bytes at most");
  }

  /** Without MSI-X the ISR status says that a queue has news, once (4.1.4.5). */
  private static void isr() {
    Cpu.read8(Virtio.isr);
    request(IN, 0, data(1), SECTOR, true);
    int first = Cpu.read8(Virtio.isr);
    int second = Cpu.read8(Virtio.isr);
    Report.equal(102, first & 1, 1, "ISR status after a request");
    Report.equal(102, second, 0, "ISR status, read again");
  }

  private static void interrupts(int function) {
    if (Pci.capability(function, Pci.CAPABILITY_MSIX, 0) == 0) {
      Report.restAbsent(103, 105, "no MSI-X");
      return;
    }
    MsixProbe.enable(function, 0, VECTOR);
    Virtio.negotiate(0);
    Virtio.startQueue(0);
    Virtio.addStatus(Virtio.DRIVER_OK);
    Interrupts.forget(VECTOR);
    request(IN, 0, data(1), SECTOR, true);
    Report.check(103, Interrupts.await(VECTOR, 1, 500), "a message for a request");
    Virtio.wantInterrupts(false);
    Interrupts.forget(VECTOR);
    request(IN, 0, data(1), SECTOR, true);
    Report.check(104, Interrupts.isSilent(VECTOR, 2), "none where the driver wants none");
    Virtio.wantInterrupts(true);
    MsixProbe.maskAll(function, true);
    Interrupts.forget(VECTOR);
    request(IN, 0, data(1), SECTOR, true);
    Report.check(105, Interrupts.isSilent(VECTOR, 2), "a masked message is held back");
    MsixProbe.maskAll(function, false);
    Report.check(105, Interrupts.await(VECTOR, 1, 500), "and sent when it is unmasked");
    MsixProbe.disable(function);
  }
}
