package org.tenon.tck.hypervisor.guest;

/**
 * The report over COM1, a line for each check; docs/reference/probe-report.md has the grammar. The
 * last line counts the others and carries the CRC-32 of all that stands between it and the first.
 */
final class Report {
  private static final int CRC_POLYNOMIAL = 0xedb88320;

  private static final int TRAPS = 141;

  /** A byte for each clause. */
  private static long reported;

  /** What each byte does to the sum, 4 bytes each. */
  private static long crcTable;

  private static int passed;
  private static int failed;
  private static int absent;
  private static int crc;
  private static boolean isAbout;
  private static int function;

  private Report() {}

  static void begin() {
    Console.print("\ntenon-probe 1 START\n");
    reported = Heap.pages(1);
    prepareSum();
  }

  private static void prepareSum() {
    crcTable = Heap.pages(1);
    for (int value = 0; value < 256; value++) {
      int sum = value;
      for (int i = 0; i < 8; i++) {
        sum = (sum & 1) == 0 ? sum >>> 1 : (sum >>> 1) ^ CRC_POLYNOMIAL;
      }
      Cpu.write32(crcTable + 4L * value, sum);
    }
    crc = -1;
  }

  /** The PCI function that the next lines are about. */
  static void about(int address) {
    isAbout = true;
    function = address;
  }

  /** The next lines are about the machine. */
  static void aboutTheMachine() {
    isAbout = false;
  }

  static void check(int clause, boolean kept, String what) {
    line(clause, kept, what);
    put('\n');
  }

  /** A value that must be another. */
  static void equal(int clause, long actual, long expected, String what) {
    line(clause, actual == expected, what);
    print(" = ");
    hex(actual);
    if (actual != expected) {
      print(", expected ");
      hex(expected);
    }
    put('\n');
  }

  /** A value that must lie between two, both included. */
  static void within(int clause, long actual, long least, long most, String what) {
    boolean kept = actual >= least && actual <= most;
    line(clause, kept, what);
    print(" = ");
    hex(actual);
    if (!kept) {
      print(", expected ");
      hex(least);
      print(" to ");
      hex(most);
    }
    put('\n');
  }

  /** What a clause is about is not there; that is no fault. */
  static void absent(int clause, String why) {
    absent++;
    head(clause, "ABSENT ", why);
    put('\n');
  }

  /** Those of some clauses in a row that no line was about. */
  static void restAbsent(int first, int last, String why) {
    for (int clause = first; clause <= last; clause++) {
      if (Cpu.read8(reported + clause) == 0) {
        absent(clause, why);
      }
    }
  }

  /** A part of the probe was ended by an exception that it did not ask for. */
  static void trapped() {
    line(TRAPS, false, "exception ");
    hex(Traps.vector);
    print(" error ");
    hex(Traps.error);
    print(" at ");
    hex(Traps.instruction);
    print(" address ");
    hex(Traps.address);
    put('\n');
  }

  static void end() {
    if (Cpu.read8(reported + TRAPS) == 0) {
      check(TRAPS, true, "no exception but those provoked");
    }
    int sum = ~crc;
    print("tenon-probe 1 END pass=");
    decimal(passed, 1);
    print(" fail=");
    decimal(failed, 1);
    print(" absent=");
    decimal(absent, 1);
    print(" crc=");
    hex(sum & 0xffffffffL);
    put('\n');
  }

  private static void line(int clause, boolean kept, String what) {
    if (kept) {
      passed++;
      head(clause, "PASS ", what);
    } else {
      failed++;
      head(clause, "FAIL ", what);
    }
  }

  private static void head(int clause, String outcome, String what) {
    Cpu.write8(reported + clause, 1);
    print("tenon-probe 1 HYP-");
    decimal(clause, 100);
    put(' ');
    print(outcome);
    if (isAbout) {
      place();
    }
    print(what);
  }

  /** Bus, device and function as lspci writes them. */
  private static void place() {
    digits(function >> 8 & 0xff, 1);
    put(':');
    digits(function >> 3 & 0x1f, 1);
    put('.');
    digits(function & 7, 0);
    put(' ');
  }

  private static void hex(long value) {
    print("0x");
    int last = 15;
    while (last > 0 && (value >>> (4 * last)) == 0) {
      last--;
    }
    digits(value, last);
  }

  private static void digits(long value, int last) {
    for (int i = last; i >= 0; i--) {
      put("0123456789abcdef".charAt((int) (value >>> (4 * i)) & 15));
    }
  }

  /** With leading zeros from the given power of ten on. */
  private static void decimal(int value, int least) {
    int unit = least;
    while (value / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      put('0' + value / unit % 10);
    }
  }

  private static void print(String text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private static void put(int character) {
    Console.put(character);
    crc = Cpu.read32(crcTable + 4L * ((crc ^ character) & 0xff)) ^ crc >>> 8;
  }
}
