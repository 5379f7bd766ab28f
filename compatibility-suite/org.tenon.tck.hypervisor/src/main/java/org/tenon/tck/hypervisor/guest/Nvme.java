package org.tenon.tck.hypervisor.guest;

/**
 * The host's side of one NVMe controller: its registers, the admin queue pair 0 and the I/O queue
 * pair 1 (NVM Express 1.4, chapters 3 and 4).
 */
final class Nvme {
  static final int CLASS = 0x010802;
  static final int VERSION = 0x08;
  static final int CONFIGURATION = 0x14;
  static final int STATUS = 0x1c;
  static final int READY = 1;
  static final int FATAL = 2;
  static final int ENTRIES = 16;

  /** Set in {@link #status} where the controller did not answer. */
  static final int NO_ANSWER = 0xffff;

  private static final int ADMIN_ATTRIBUTES = 0x24;
  private static final int ADMIN_SUBMISSION = 0x28;
  private static final int ADMIN_COMPLETION = 0x30;
  private static final int DOORBELLS = 0x1000;

  /** Entries of 64 and 16 bytes, enabled. */
  private static final int ENABLE = 6 << 16 | 4 << 20 | 1;

  static long registers;
  static int timeoutMilliseconds;

  /** Of the command under construction. */
  static long command;

  /** Of the last completion: status code and type without phase, do-not-retry and more. */
  static int status;

  static int result;

  /** Whether its identifiers were those of the command. */
  static boolean isWellAddressed;

  private static long rings;
  private static int stride;
  private static int tail0;
  private static int tail1;
  private static int head0;
  private static int head1;
  private static int identifier;

  private Nvme() {}

  static void open(int function) {
    registers = Pci.bar(function, 0);
    long capabilities = Cpu.read64(registers);
    stride = 4 << ((int) (capabilities >>> 32) & 0xf);
    timeoutMilliseconds = ((int) (capabilities >>> 24) & 0xff) * 500 + 500;
    if (rings == 0) {
      rings = Heap.pages(4);
    }
  }

  private static boolean awaitReady(int wanted) {
    Time.allow(timeoutMilliseconds);
    while ((Cpu.read32(registers + STATUS) & (READY | FATAL)) != wanted && !Time.isOver()) {
      Cpu.pause();
    }
    return (Cpu.read32(registers + STATUS) & (READY | FATAL)) == wanted;
  }

  /** Clears the enable bit; whether the controller stops in time. */
  static boolean disable() {
    Cpu.write32(registers + CONFIGURATION, 0);
    return awaitReady(0);
  }

  /** Enables it with new admin queues; whether it is ready in time. */
  static boolean enable() {
    Heap.clear(rings, 4 * Heap.PAGE);
    tail0 = 0;
    tail1 = 0;
    head0 = 0;
    head1 = 0;
    Cpu.write32(registers + ADMIN_ATTRIBUTES, (ENTRIES - 1) << 16 | ENTRIES - 1);
    Cpu.write32(registers + ADMIN_SUBMISSION, (int) submissions(0));
    Cpu.write32(registers + ADMIN_SUBMISSION + 4, 0);
    Cpu.write32(registers + ADMIN_COMPLETION, (int) completions(0));
    Cpu.write32(registers + ADMIN_COMPLETION + 4, 0);
    Cpu.write32(registers + CONFIGURATION, ENABLE);
    return awaitReady(READY);
  }

  static long submissions(int queue) {
    return rings + 2L * queue * Heap.PAGE;
  }

  static long completions(int queue) {
    return rings + (2L * queue + 1) * Heap.PAGE;
  }

  /** Begins a command for the next entry of a queue. */
  static void begin(int queue, int opcode, int namespace, long data) {
    int tail = queue == 0 ? tail0 : tail1;
    command = submissions(queue) + 64L * (tail % ENTRIES);
    Heap.clear(command, 64);
    identifier++;
    Cpu.write32(command, opcode | (identifier & 0x7fff) << 16);
    Cpu.write32(command + 4, namespace);
    Cpu.write64(command + 24, data);
  }

  /** Sets one of the command's double words 10 to 15. */
  static void word(int number, int value) {
    Cpu.write32(command + 4L * number, value);
  }

  /** Rings the doorbell and waits: the status, {@link #NO_ANSWER} where none comes. */
  static int submit(int queue) {
    Cpu.fence();
    int tail = (queue == 0 ? tail0 : tail1) + 1;
    int head = queue == 0 ? head0 : head1;
    Cpu.write32(registers + DOORBELLS + 2L * queue * stride, tail % ENTRIES);
    long entry = completions(queue) + 16L * (head % ENTRIES);
    int phase = head / ENTRIES % 2 == 0 ? 1 : 0;
    Time.allow(2000);
    while ((Cpu.read32(entry + 12) >>> 16 & 1) != phase && !Time.isOver()) {
      Cpu.pause();
    }
    int last = Cpu.read32(entry + 12);
    if ((last >>> 16 & 1) != phase) {
      status = NO_ANSWER;
      return status;
    }
    status = last >>> 17 & 0x7ff;
    result = Cpu.read32(entry);
    isWellAddressed =
        (last & 0xffff) == (identifier & 0x7fff)
            && Cpu.read16(entry + 10) == queue
            && Cpu.read16(entry + 8) == tail % ENTRIES;
    Cpu.write32(registers + DOORBELLS + (2L * queue + 1) * stride, (head + 1) % ENTRIES);
    if (queue == 0) {
      tail0 = tail;
      head0 = head + 1;
    } else {
      tail1 = tail;
      head1 = head + 1;
    }
    return status;
  }

  static int identify(int what, int namespace, long data) {
    begin(0, 0x06, namespace, data);
    word(10, what);
    return submit(0);
  }

  /** Creates or deletes an I/O queue: opcode, identifier, double word 11. */
  static int queueCommand(int opcode, int queue, long memory, int word11) {
    begin(0, opcode, 0, memory);
    word(10, (ENTRIES - 1) << 16 | queue);
    word(11, word11);
    return submit(0);
  }

  static int transfer(int opcode, int namespace, long block, int blocks, long data) {
    begin(1, opcode, namespace, data);
    word(10, (int) block);
    word(11, (int) (block >>> 32));
    word(12, blocks - 1);
    return submit(1);
  }
}
