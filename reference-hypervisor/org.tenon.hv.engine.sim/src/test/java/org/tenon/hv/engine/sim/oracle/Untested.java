package org.tenon.hv.engine.sim.oracle;

import java.util.Set;
import org.tenon.hv.engine.sim.decode.Definition;

/** Why a row of the instruction table is never compared with the host processor. */
final class Untested {
  private static final Set<String> PRIVILEGED =
      Set.of(
          "LLDT", "LTR", "LGDT", "LIDT", "LMSW", "INVLPG", "SWAPGS", "XSETBV", "SYSRET", "SYSEXIT",
          "CLTS", "INVD", "WBINVD", "HLT", "WRMSR", "RDMSR", "RDPMC", "CLAC", "STAC");
  private static final Set<String> INPUT_OUTPUT = Set.of("IN", "OUT", "INS", "OUTS", "CLI", "STI");
  private static final Set<String> OWN_VALUES =
      Set.of("CPUID", "RDTSC", "RDTSCP", "XGETBV", "SMSW", "SGDT", "SIDT", "SLDT", "STR");
  private static final Set<String> OWN_TABLES = Set.of("LAR", "LSL", "VERR", "VERW");
  private static final Set<String> OWN_BASES =
      Set.of("RDFSBASE", "RDGSBASE", "WRFSBASE", "WRGSBASE");
  private static final Set<String> OTHER_PLACES = Set.of("CALL.far", "JMP.far", "RETF", "IRET");
  private static final Set<String> EVENTS =
      Set.of("INT", "INT1", "INT3", "UD0", "UD1", "UD2", "SYSCALL", "SYSENTER");
  private static final Set<String> POINTERS =
      Set.of("FNSTENV", "FNSAVE", "FLDENV", "FRSTOR", "FXSAVE", "FXRSTOR", "XSAVE", "XRSTOR");
  private static final Set<String> WIDE_SEGMENT_LOADS = Set.of("LSS", "LFS", "LGS");

  private Untested() {}

  /** The reason, or empty: then the row must be compared. */
  static String reason(Definition row) {
    String name = row.name();
    if (row.has("i64")) {
      return "not in 64-bit mode, in which the host's process runs";
    }
    if (!row.has("notest")) {
      return "";
    }
    if (PRIVILEGED.contains(name) || name.matches("MOV[.](from|to)[cd]r")) {
      return "privileged; compared with QEMU";
    }
    if (INPUT_OUTPUT.contains(name)) {
      return "needs I/O privilege; compared with QEMU";
    }
    if (OWN_VALUES.contains(name) || OWN_TABLES.contains(name) || OWN_BASES.contains(name)) {
      return "shows or changes the host's own registers, tables or time";
    }
    if (OTHER_PLACES.contains(name) || WIDE_SEGMENT_LOADS.contains(name)) {
      return "needs the host's selectors; compared with QEMU";
    }
    if (name.endsWith("seg") || name.endsWith("fromseg") || name.endsWith("toseg")) {
      return "needs the host's selectors; compared with QEMU";
    }
    if (EVENTS.contains(name)) {
      return "enters the host's kernel; compared with QEMU";
    }
    if (POINTERS.contains(name)) {
      return "the image holds addresses of the host's, and random images are refused";
    }
    return switch (name) {
      case "POPF" -> "could set TF or AC in the test's own process; compared with QEMU";
      case "NOP" -> "0F 0D with a register: processors differ between a NOP and #UD";
      case "FSTP.st" -> "an alias that the manuals do not define";
      default -> "?";
    };
  }
}
