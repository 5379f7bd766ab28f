package org.tenon.hv.machine;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.tenon.hv.engine.VcpuExit.Reason;

/** Hypervisors that break one clause each. */
enum BrokenHypervisor {
  UNKNOWN_MSRS_READ_0(
      "HYP-011",
      () ->
          new Fault() {
            @Override
            public boolean hasEveryMsr() {
              return true;
            }
          }),
  PM_TIMER_TWICE_AS_FAST("HYP-028", () -> port(0x608, value -> 2 * value)),
  NO_SCRATCH_REGISTER("HYP-030", () -> losing(0x3ff)),
  CLOCK_WITHOUT_BATTERY(
      "HYP-035",
      () ->
          new Fault() {
            private long index;

            @Override
            public boolean loses(Reason reason, long address, int size, long value) {
              index = reason == Reason.PORT_WRITE && address == 0x70 ? value : index;
              return false;
            }

            @Override
            public long read(Reason reason, long address, int size, long value) {
              return reason == Reason.PORT_READ && address == 0x71 && index == 0x0d ? 0 : value;
            }
          }),
  PERIODIC_TIMER_STOPS(
      "HYP-044",
      () ->
          new Fault() {
            private int delivered;

            @Override
            public boolean loses(int vector) {
              delivered += vector == 0x50 ? 1 : 0;
              return vector == 0x50 && delivered > 3;
            }
          }),
  IO_APIC_INTERRUPTS_LOST("HYP-049", () -> losingVector(0x60)),
  NOBODY_READS_AS_0(
      "HYP-061",
      () ->
          new PciFault(0x1b) {
            @Override
            long config(int register, int size, long value) {
              return register == 0 ? value : 0;
            }
          }),
  ECAM_DIFFERS(
      "HYP-062",
      () ->
          new Fault() {
            @Override
            public long read(Reason reason, long address, int size, long value) {
              return reason == Reason.MMIO_READ && address == 0xe001003cL ? value ^ 0xff : value;
            }
          }),
  VENDOR_CAN_BE_WRITTEN(
      "HYP-064",
      () ->
          new PciFault(2) {
            private long written = -1;

            @Override
            boolean losesConfig(int register, int size, long value) {
              written = register == 0 ? value : written;
              return false;
            }

            @Override
            long config(int register, int size, long value) {
              long answer = register == 0 && written >= 0 ? written : value;
              written = register == 0 ? -1 : written;
              return answer;
            }
          }),
  BAR_SIZE_WITH_A_HOLE(
      "HYP-067",
      () ->
          new PciFault(1) {
            private boolean sizing;

            @Override
            boolean losesConfig(int register, int size, long value) {
              sizing = register == 0x10 ? value == 0xffffffffL : sizing;
              return false;
            }

            @Override
            long config(int register, int size, long value) {
              return register == 0x10 && sizing ? value & ~(1L << 20) : value;
            }
          }),
  BAR_FORGETS_ITS_ADDRESS(
      "HYP-068",
      () ->
          new PciFault(2) {
            @Override
            boolean losesConfig(int register, int size, long value) {
              return register == 0x10 && value != 0xffffffffL;
            }
          }),
  CAPABILITIES_IN_A_CIRCLE(
      "HYP-071",
      () ->
          new PciFault(3) {
            @Override
            long config(int register, int size, long value) {
              return size == 1 && register == 0x41 ? 0x40 : value;
            }
          }),
  ANSWERS_WITH_MEMORY_SPACE_OFF(
      "HYP-079",
      () ->
          new PciFault(3) {
            @Override
            long bar(long offset, int size, long value) {
              return offset == 0x12 && size == 2 && value == 0xffff ? 1 : value;
            }
          }),
  STATUS_NEVER_0(
      "HYP-082",
      () ->
          new PciFault(1) {
            @Override
            long bar(long offset, int size, long value) {
              return offset == 0x14 && size == 1 ? value | 0x80 : value;
            }
          }),
  FEATURES_OK_WITHOUT_VERSION_1(
      "HYP-086",
      () ->
          new PciFault(1) {
            private long written;

            @Override
            void writesBar(long offset, long value) {
              written = offset == 0x14 ? value : written;
            }

            @Override
            long bar(long offset, int size, long value) {
              return offset == 0x14 && size == 1 ? value | written & 8 : value;
            }
          }),
  QUEUE_SIZE_OF_100(
      "HYP-089",
      () ->
          new PciFault(3) {
            @Override
            long bar(long offset, int size, long value) {
              return offset == 0x18 && size == 2 ? 100 : value;
            }
          }),
  DISK_MESSAGES_LOST("HYP-103", () -> losingVector(0x71)),
  VERSIONS_DISAGREE(
      "HYP-111",
      () ->
          new PciFault(2) {
            @Override
            long bar(long offset, int size, long value) {
              return offset == 8 && size == 4 && value == 0x10400 ? 0x10300 : value;
            }
          }),
  NO_NVM_COMMANDS(
      "HYP-110",
      () ->
          new PciFault(2) {
            @Override
            long bar(long offset, int size, long value) {
              return offset == 0 && size == 8 ? value & ~(1L << 37) : value;
            }
          }),
  NO_POWER_OFF("HYP-140", () -> losing(0x604));

  /** After these a device is of no use, so that faults behind it are not seen. */
  static final Set<BrokenHypervisor> DISABLING =
      EnumSet.of(BAR_FORGETS_ITS_ADDRESS, CAPABILITIES_IN_A_CIRCLE, STATUS_NEVER_0);

  private final String clause;

  /** Makes a fault of its own for each machine. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Supplier<Fault> fault;

  BrokenHypervisor(String clause, Supplier<Fault> fault) {
    this.clause = clause;
    this.fault = fault;
  }

  /** The clause that it breaks. */
  String clause() {
    return clause;
  }

  Fault fault() {
    return fault.get();
  }

  private static Fault port(long port, LongUnaryOperator change) {
    return new Fault() {
      @Override
      public long read(Reason reason, long address, int size, long value) {
        return reason == Reason.PORT_READ && address == port
            ? change.applyAsLong(value) & 0xffffffffL
            : value;
      }
    };
  }

  private static Fault losing(long port) {
    return new Fault() {
      @Override
      public boolean loses(Reason reason, long address, int size, long value) {
        return reason == Reason.PORT_WRITE && address == port;
      }
    };
  }

  private static Fault losingVector(int lost) {
    return new Fault() {
      @Override
      public boolean loses(int vector) {
        return vector == lost;
      }
    };
  }
}
