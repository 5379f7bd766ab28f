package org.tenon.kit.bench;

/** The registers of an NVMe controller (NVMe 1.4, 3.1) as a guest's driver uses them. */
final class NvmeRegisters {
  private static final int CAPABILITIES = 0x00;
  private static final int CONFIGURATION = 0x14;
  private static final int STATUS = 0x1c;
  private static final int ADMIN_SIZES = 0x24;
  private static final int ADMIN_SUBMISSIONS = 0x28;
  private static final int ADMIN_COMPLETIONS = 0x30;
  private static final int READY = 1;
  private static final int FATAL = 2;
  private static final int DOORBELLS = 0x1000;

  /** Entries of 64 and 16 bytes, enabled. */
  private static final int ENABLE = 4 << 20 | 6 << 16 | 1;

  private static final int PATIENCE = 100_000;

  private NvmeRegisters() {}

  static void disable(NvmeDoor door) throws BenchException {
    door.write(CONFIGURATION, 0);
    awaitReady(door, 0);
  }

  /** Enables the controller with its admin queue. */
  static void enable(NvmeDoor door, NvmeQueue admin) throws BenchException {
    int size = admin.entries() - 1;
    door.write(ADMIN_SIZES, size << 16 | size);
    writeLong(door, ADMIN_SUBMISSIONS, admin.submissions());
    writeLong(door, ADMIN_COMPLETIONS, admin.completions());
    door.write(CONFIGURATION, ENABLE);
    awaitReady(door, READY);
  }

  private static void writeLong(NvmeDoor door, int offset, long value) {
    door.write(offset, (int) value);
    door.write(offset + 4, (int) (value >>> 32));
  }

  private static void awaitReady(NvmeDoor door, int ready) throws BenchException {
    for (int tries = 0; (door.read(STATUS) & (READY | FATAL)) != ready; tries++) {
      if (tries == PATIENCE) {
        throw new BenchException(
            "the NVMe controller does not become %s".formatted(ready == 0 ? "disabled" : "ready"));
      }
      door.idle(0, 1000);
    }
  }

  static boolean isFatal(NvmeDoor door) {
    return (door.read(STATUS) & FATAL) != 0;
  }

  /** The most entries of a queue (CAP.MQES). */
  static int mostEntries(NvmeDoor door) {
    return (door.read(CAPABILITIES) & 0xffff) + 1;
  }

  /** Says how far a submission queue is filled. */
  static void tail(NvmeDoor door, int queue, int value) {
    door.write(DOORBELLS + 8 * queue, value);
  }

  /** Says how far a completion queue was read. */
  static void head(NvmeDoor door, int queue, int value) {
    door.write(DOORBELLS + 8 * queue + 4, value);
  }
}
