package org.tenon.tck.hypervisor.guest;

/**
 * An NVMe controller (NVM Express 1.4). Writes to blocks 8 to 15 of namespace 1: the disk is for
 * the probe alone.
 */
final class NvmeProbe {
  private static final int DELETE_SUBMISSION = 0x00;
  private static final int CREATE_SUBMISSION = 0x01;
  private static final int GET_LOG = 0x02;
  private static final int DELETE_COMPLETION = 0x04;
  private static final int CREATE_COMPLETION = 0x05;
  private static final int ABORT = 0x08;
  private static final int SET_FEATURES = 0x09;
  private static final int GET_FEATURES = 0x0a;
  private static final int FLUSH = 0x00;
  private static final int WRITE = 0x01;
  private static final int READ = 0x02;
  private static final int UNKNOWN = 0x7f;

  private static final int INVALID_OPCODE = 0x01;
  private static final int INVALID_FIELD = 0x02;
  private static final int INVALID_NAMESPACE = 0x0b;
  private static final int OUT_OF_RANGE = 0x80;
  private static final int COMPLETION_QUEUE_INVALID = 0x100;
  private static final int INVALID_QUEUE = 0x101;
  private static final int INVALID_LOG = 0x109;
  private static final int ALL = -1;
  private static final int PLACE = 8;
  private static final int VECTOR = 0x72;

  private static long buffers;
  private static int namespaces;
  private static long size;
  private static int blockSize;
  private static int misaddressed;

  private NvmeProbe() {}

  static void probe() {
    int function = Pci.findClass(Nvme.CLASS);
    if (function < 0) {
      Report.restAbsent(110, 131, "no NVMe controller");
      return;
    }
    Report.about(function);
    Pci.allow(function, Pci.MEMORY_SPACE | Pci.BUS_MASTER | Pci.INTX_DISABLE);
    Nvme.open(function);
    buffers = Heap.pages(4);
    registers(function);
    if (!life()) {
      Report.check(112, false, "the controller cannot be started");
      return;
    }
    identifyController(function);
    identifyNamespace();
    adminErrors();
    logPages();
    features();
    boolean interrupts = Pci.capability(function, Pci.CAPABILITY_MSIX, 0) != 0;
    if (interrupts) {
      MsixProbe.enable(function, 0, VECTOR);
    }
    if (queues(interrupts)) {
      transfers();
      errors();
      if (interrupts) {
        interrupts(function);
      } else {
        Report.absent(126, "no MSI-X");
      }
      deleteQueues();
    }
    Report.equal(127, misaddressed, 0, "completions with another's identifiers");
    shutdown();
  }

  private static void expect(int clause, int expected, String what) {
    if (Nvme.status != Nvme.NO_ANSWER && !Nvme.isWellAddressed) {
      misaddressed++;
    }
    Report.equal(clause, Nvme.status, expected, what);
  }

  private static long data(int page) {
    return buffers + (long) page * Heap.PAGE;
  }

  private static void registers(int function) {
    long capabilities = Cpu.read64(Nvme.registers);
    Report.within(110, capabilities & 0xffff, 1, 0xffff, "CAP.MQES");
    Report.check(110, (capabilities >>> 37 & 1) != 0, "CAP.CSS: the NVM command set");
    Report.equal(110, capabilities >>> 48 & 0xf, 0, "CAP.MPSMIN: pages of 4 KiB");
    int version = Cpu.read32(Nvme.registers + Nvme.VERSION);
    Report.within(111, version, 0x10000, 0x2ffff, "VS");
    Pci.forbid(function, Pci.MEMORY_SPACE);
    int off = Cpu.read32(Nvme.registers + Nvme.VERSION);
    Pci.allow(function, Pci.MEMORY_SPACE);
    Report.check(131, off != version, "with memory space off the BAR does not answer");
  }

  private static boolean life() {
    Report.check(112, Nvme.disable(), "not ready once disabled");
    boolean ready = Nvme.enable();
    Report.check(112, ready, "ready once enabled");
    return ready;
  }

  private static void identifyController(int function) {
    Nvme.identify(1, 0, data(0));
    expect(113, 0, "status of Identify controller");
    int vendor = Cpu.read16(data(0));
    Report.equal(113, vendor, Pci.read16(function, 0), "vendor, as in configuration space");
    int strange = 0;
    for (int i = 4; i < 72; i++) {
      int letter = Cpu.read8(data(0) + i);
      if (letter < 0x20 || letter > 0x7e) {
        strange++;
      }
    }
    Report.equal(114, strange, 0, "letters of serial, model and firmware that are not ASCII");
    Report.equal(113, Cpu.read8(data(0) + 512) & 0xf, 6, "SQES: entries of 64 bytes");
    Report.equal(113, Cpu.read8(data(0) + 513) & 0xf, 4, "CQES: entries of 16 bytes");
    namespaces = Cpu.read32(data(0) + 516);
    Report.within(113, namespaces, 1, Integer.MAX_VALUE, "NN: namespaces");
    int version = Cpu.read32(Nvme.registers + Nvme.VERSION);
    if (version >= 0x10200) {
      Report.equal(111, Cpu.read32(data(0) + 80), version, "VER, as VS has it");
    }
  }

  private static void identifyNamespace() {
    Nvme.identify(2, 0, data(0));
    expect(115, 0, "status of Identify active namespaces");
    Report.equal(115, Cpu.read32(data(0)), 1, "the first of them");
    Nvme.identify(0, 1, data(0));
    expect(116, 0, "status of Identify namespace 1");
    size = Cpu.read64(data(0));
    Report.check(116, size > 32, "NSZE beyond 32 blocks");
    Report.check(116, Cpu.read64(data(0) + 8) <= size, "NCAP within NSZE");
    Report.check(116, Cpu.read64(data(0) + 16) <= Cpu.read64(data(0) + 8), "NUSE within NCAP");
    int format = Cpu.read8(data(0) + 26) & 0xf;
    Report.within(116, format, 0, Cpu.read8(data(0) + 25), "FLBAS within NLBAF");
    int shift = Cpu.read8(data(0) + 128 + 4L * format + 2);
    Report.within(116, shift, 9, 12, "LBADS");
    blockSize = 1 << shift;
  }

  private static void adminErrors() {
    Nvme.begin(0, UNKNOWN, 0, 0);
    Nvme.submit(0);
    expect(117, INVALID_OPCODE, "status of an unknown admin command");
    Nvme.identify(0x7e, 0, data(0));
    expect(118, INVALID_FIELD, "status of Identify with a reserved CNS");
    Nvme.identify(0, namespaces + 1, data(0));
    expect(119, INVALID_NAMESPACE, "status of Identify of a namespace beyond NN");
    Nvme.queueCommand(CREATE_SUBMISSION, 1, Nvme.submissions(1), 1 << 16 | 1);
    expect(120, COMPLETION_QUEUE_INVALID, "status of a submission queue without completion queue");
    Nvme.queueCommand(CREATE_COMPLETION, 0, Nvme.completions(1), 1);
    expect(120, INVALID_QUEUE, "status of creating queue 0");
    Nvme.queueCommand(DELETE_SUBMISSION, 9, 0, 0);
    expect(120, INVALID_QUEUE, "status of deleting a queue that is not there");
  }

  private static int log(int page, int bytes) {
    Nvme.begin(0, GET_LOG, ALL, data(0));
    Nvme.word(10, (bytes / 4 - 1) << 16 | page);
    return Nvme.submit(0);
  }

  private static void logPages() {
    log(2, 512);
    expect(121, 0, "status of the SMART log");
    log(1, 64);
    expect(121, 0, "status of the error log");
    log(3, 512);
    expect(121, 0, "status of the firmware slot log");
    log(0x7f, 512);
    expect(122, INVALID_LOG, "status of a log that is not there");
  }

  private static void features() {
    Nvme.begin(0, SET_FEATURES, 0, 0);
    Nvme.word(10, 7);
    Nvme.word(11, 0);
    Nvme.submit(0);
    expect(123, 0, "status of asking for a pair of I/O queues");
    Nvme.begin(0, GET_FEATURES, 0, 0);
    Nvme.word(10, 4);
    Nvme.submit(0);
    expect(123, 0, "status of the temperature threshold");
    Nvme.begin(0, GET_FEATURES, 0, 0);
    Nvme.word(10, 0);
    Nvme.submit(0);
    expect(123, INVALID_FIELD, "status of feature 0");
    Nvme.begin(0, ABORT, 0, 0);
    Nvme.word(10, 0x7ffe << 16);
    Nvme.submit(0);
    expect(124, 0, "status of aborting a command that is not there");
    Report.equal(124, Nvme.result & 1, 1, "which was not aborted");
  }

  /** Whether there is a pair of I/O queues now. */
  private static boolean queues(boolean interrupts) {
    Nvme.queueCommand(CREATE_COMPLETION, 1, Nvme.completions(1), interrupts ? 3 : 1);
    expect(125, 0, "status of creating a completion queue");
    Nvme.queueCommand(CREATE_COMPLETION, 1, Nvme.completions(1), 1);
    expect(120, INVALID_QUEUE, "status of creating it once more");
    Nvme.queueCommand(CREATE_SUBMISSION, 1, Nvme.submissions(1), 1 << 16 | 1);
    expect(125, 0, "status of creating a submission queue");
    return Nvme.status == 0;
  }

  private static void transfers() {
    BlockProbe.pattern(data(0), blockSize, 11);
    Nvme.transfer(WRITE, 1, PLACE, 1, data(0));
    expect(128, 0, "status of writing");
    Nvme.begin(1, FLUSH, 1, 0);
    Nvme.submit(1);
    expect(128, 0, "status of flushing");
    Heap.fill(data(1), blockSize, 0);
    Nvme.transfer(READ, 1, PLACE, 1, data(1));
    expect(128, 0, "status of reading");
    Report.check(128, BlockProbe.same(data(0), data(1), blockSize), "what was written, read back");
  }

  private static void errors() {
    Nvme.transfer(READ, 1, size, 1, data(1));
    expect(129, OUT_OF_RANGE, "status of a read behind the end");
    Nvme.transfer(READ, 1, size - 1, 2, data(1));
    expect(129, OUT_OF_RANGE, "status of a read over the end");
    Nvme.transfer(READ, namespaces + 1, 0, 1, data(1));
    expect(119, INVALID_NAMESPACE, "status of a read of a namespace beyond NN");
    Nvme.begin(1, UNKNOWN, 1, data(1));
    Nvme.submit(1);
    expect(117, INVALID_OPCODE, "status of an unknown I/O command");
    // More commands than the queue has entries: the phase changes.
    int failures = 0;
    for (int i = 0; i < 2 * Nvme.ENTRIES; i++) {
      failures += Nvme.transfer(READ, 1, 0, 1, data(1)) == 0 ? 0 : 1;
    }
    Report.equal(127, failures, 0, "reads that failed in two turns of the queue");
  }

  private static void interrupts(int function) {
    Interrupts.letIn();
    Interrupts.forget(VECTOR);
    Nvme.transfer(READ, 1, 0, 1, data(1));
    Report.check(126, Interrupts.await(VECTOR, 1, 500), "a message for a completion");
    MsixProbe.disable(function);
  }

  private static void deleteQueues() {
    Nvme.queueCommand(DELETE_COMPLETION, 1, 0, 0);
    Report.check(125, Nvme.status == 0x10c, "a completion queue in use is not deleted");
    Nvme.queueCommand(DELETE_SUBMISSION, 1, 0, 0);
    expect(125, 0, "status of deleting the submission queue");
    Nvme.queueCommand(DELETE_COMPLETION, 1, 0, 0);
    expect(125, 0, "status of deleting the completion queue");
  }

  private static void shutdown() {
    long configuration = Nvme.registers + Nvme.CONFIGURATION;
    Cpu.write32(configuration, Cpu.read32(configuration) | 1 << 14);
    Time.allow(Nvme.timeoutMilliseconds);
    while ((Cpu.read32(Nvme.registers + Nvme.STATUS) >>> 2 & 3) != 2 && !Time.isOver()) {
      Cpu.pause();
    }
    Report.equal(130, Cpu.read32(Nvme.registers + Nvme.STATUS) >>> 2 & 3, 2, "CSTS.SHST");
    Report.check(130, Nvme.disable(), "disabled after the shutdown");
    boolean again = Nvme.enable();
    Report.check(130, again && Nvme.identify(1, 0, data(0)) == 0, "and enabled again");
    Nvme.disable();
  }
}
