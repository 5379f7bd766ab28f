package org.tenon.hv.engine.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.sim.cpu.Flags;
import org.tenon.hv.engine.sim.decode.Decoder;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.InstructionTable;
import org.tenon.hv.engine.sim.decode.Operand;
import org.tenon.hv.engine.sim.ffi.HostProcessor;

/**
 * Every instruction of the table that can run alone in user mode, with random operands, on the
 * simulator and on the processor that runs this test: registers, defined flags, x87 and SSE state
 * and memory must agree. Cases that fault in the simulator are not tried on the host. More cases:
 * {@code -Dtenon.oracle.cases=5000000 -Dtenon.oracle.seed=7}; {@code -Dtenon.oracle.trace=true}
 * names each case first.
 */
class HostProcessorTest {
  /** Names each case before it runs on the host: the last line tells which one the host refused. */
  private static final boolean TRACE = Boolean.getBoolean("tenon.oracle.trace");

  private static final int RSP = 4;

  /** Instructions of the longest case: a branch with what leads to it and what it skips. */
  private static final int LONGEST_CASE = 4;

  private static final int DATA_USED = 1024;
  private static final int MIDDLE = HostProcessor.DATA_SIZE / 2;

  private final long seed = Long.getLong("tenon.oracle.seed", 20261122);
  private final CaseGenerator generator = new CaseGenerator(seed);
  private final BranchGenerator branches = new BranchGenerator(generator);
  private final List<Definition> rows =
      Stream.concat(generator.rows().stream(), branches.rows().stream()).toList();

  private final long[] registers = new long[16];
  private int flags;
  private final byte[] fxsave = new byte[512];
  private final byte[] data = new byte[DATA_USED];

  @Test
  void agreesWithTheHost() throws IOException {
    assumeTrue(HostProcessor.available(), "the oracle needs Linux on x86-64");
    HostProcessor host = new HostProcessor();
    SimProcessor sim = new SimProcessor(host.codeAddress());
    generator.setData(host.dataAddress() + MIDDLE);
    long cases = Long.getLong("tenon.oracle.cases", 60_000);
    Map<String, String> failures = new TreeMap<>();
    Set<Definition> compared = new HashSet<>();
    int faulted = 0;
    for (long k = 0; k < cases; k++) {
      Definition row =
          k < 20L * rows.size()
              ? rows.get((int) (k % rows.size()))
              : rows.get(generator.below(rows.size()));
      boolean branch = row.has("ends");
      byte[] code = branch ? branches.code(row) : generator.instruction(row);
      prepare(host.dataAddress() + MIDDLE, row);
      if (!runSim(sim, host, code)) {
        faulted++;
        continue;
      }
      if (TRACE) {
        System.err.println(HexFormat.of().formatHex(code) + " " + decode(host, code));
      }
      runHost(host, code);
      compared.add(row);
      String difference = compare(sim, host, code, row);
      if (!difference.isEmpty()) {
        failures.putIfAbsent(
            row.name(),
            HexFormat.of().formatHex(code) + " " + decode(host, code) + ": " + difference);
      }
    }
    assertThat(failures).as("differences, seed %d", seed).isEmpty();
    assertThat(faulted).isLessThan((int) (cases / 3));
    reportCoverage(compared);
  }

  /** Every row was compared or has a reason why not; the list is in target/oracle-rows.txt. */
  private static void reportCoverage(Set<Definition> compared) throws IOException {
    List<String> report = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Definition row : InstructionTable.get().rows()) {
      String reason = compared.contains(row) ? "compared" : Untested.reason(row);
      String line =
          "%s %s: %s"
              .formatted(row.name(), row.operands().stream().map(Operand::text).toList(), reason);
      report.add(line);
      if (reason.isEmpty() || reason.equals("?")) {
        missing.add(line);
      }
    }
    Files.write(Path.of("target", "oracle-rows.txt"), report);
    assertThat(missing).as("rows that were not compared, for no reason").isEmpty();
  }

  private static Insn decode(HostProcessor host, byte[] code) {
    return new Decoder()
        .decode(at -> at < code.length ? code[at] & 0xff : 0x90, host.codeAddress(), 8);
  }

  private void prepare(long middle, Definition row) {
    for (int r = 0; r < 16; r++) {
      registers[r] = generator.value();
    }
    registers[3] = middle;
    registers[RSP] = middle + 256;
    registers[5] =
        row.name().equals("LEAVE") || row.name().equals("ENTER") ? middle + 128 : registers[5];
    if (row.name().startsWith("MASKMOV")) {
      registers[7] = middle;
    }
    if (row.name().startsWith("BT")) {
      limitBitOffsets();
    }
    if (row.has("rep")) {
      registers[1] = generator.below(20);
      registers[6] = middle - 64 + generator.below(128);
      registers[7] = middle - 64 + generator.below(128);
    }
    if (row.name().equals("DIV") || row.name().equals("IDIV")) {
      registers[2] = generator.below(4);
    }
    flags = 0x202 | (generator.below(0x1000) & Flags.ARITHMETIC);
    if (row.has("rep") && generator.below(2) == 0) {
      flags |= Flags.DF;
    }
    prepareFpu();
    for (int k = 0; k < DATA_USED; k += 8) {
      long v = generator.floating();
      put(data, k, v, 8);
    }
  }

  private void limitBitOffsets() {
    for (int r = 0; r < 16; r++) {
      if (r != 3 && r != RSP) {
        long wild = registers[r] << 32;
        registers[r] = generator.below(2000) - 1000L;
        if (generator.below(4) == 0) {
          registers[r] = wild >> 32 & 0x7ff;
        }
      }
    }
  }

  private void prepareFpu() {
    int[] precisions = {0, 0x200, 0x300, 0x300};
    put(fxsave, 0, 0x7f | precisions[generator.below(4)] | generator.below(4) << 10, 2);
    put(fxsave, 2, generator.below(8) << 11 | generator.below(2) * 0x4700, 2);
    put(fxsave, 4, generator.below(3) == 0 ? generator.below(256) : 0xff, 1);
    int mxcsr = 0x1f80 | generator.below(4) << 13 | generator.below(2) * generator.below(64);
    if (generator.below(4) == 0) {
      mxcsr |= 0x40 | generator.below(2) << 15;
    }
    put(fxsave, 24, mxcsr, 4);
    for (int k = 0; k < 8; k++) {
      put(fxsave, 32 + 16 * k, significand(), 8);
      put(fxsave, 40 + 16 * k, signExponent(), 2);
    }
    for (int k = 0; k < 32; k++) {
      put(fxsave, 160 + 8 * k, generator.floating(), 8);
    }
  }

  private long significand() {
    return switch (generator.below(6)) {
      case 0 -> 0;
      case 1 -> Long.MIN_VALUE;
      case 2 -> generator.value();
      case 3 -> generator.value() << 40 | Long.MIN_VALUE;
      default -> generator.value() | Long.MIN_VALUE;
    };
  }

  private int signExponent() {
    int sign = generator.below(2) << 15;
    return switch (generator.below(8)) {
      case 0 -> sign;
      case 1 -> sign | 0x7fff;
      case 2 -> sign | 1 + generator.below(70);
      case 3 -> sign | 0x7ffe - generator.below(70);
      default -> sign | 0x3fff - 70 + generator.below(140);
    };
  }

  private static void put(byte[] into, int at, long value, int size) {
    for (int k = 0; k < size; k++) {
      into[at + k] = (byte) (value >>> (8 * k));
    }
  }

  private boolean runSim(SimProcessor sim, HostProcessor host, byte[] code) {
    var c = sim.cpu;
    MemorySegment codeBytes = sim.window(host.codeAddress(), 16);
    sim.codeWritten(host.codeAddress(), 16);
    for (int k = 0; k < 16; k++) {
      codeBytes.set(ValueLayout.JAVA_BYTE, k, k < code.length ? code[k] : (byte) 0x90);
    }
    MemorySegment.copy(
        MemorySegment.ofArray(data),
        0,
        sim.window(host.dataAddress() + MIDDLE - DATA_USED / 2, DATA_USED),
        0,
        DATA_USED);
    System.arraycopy(registers, 0, c.r, 0, 16);
    FxImage.load(c, fxsave);
    c.flags.set(flags);
    c.rip = host.codeAddress();
    long end = host.codeAddress() + code.length;
    VcpuExit exit = sim.step();
    for (int k = 1; k < LONGEST_CASE && c.rip != end; k++) {
      if (exit.reason() == VcpuExit.Reason.BUDGET) {
        exit = sim.step();
      }
    }
    boolean clean = exit.reason() == VcpuExit.Reason.BUDGET && c.rip == end;
    if (exit.reason() == VcpuExit.Reason.SHUTDOWN) {
      sim.recover();
    }
    return clean;
  }

  private void runHost(HostProcessor host, byte[] code) {
    host.setCode(code);
    MemorySegment.copy(
        MemorySegment.ofArray(data),
        0,
        host.data().asSlice(MIDDLE - DATA_USED / 2, DATA_USED),
        0,
        DATA_USED);
    MemorySegment.copy(MemorySegment.ofArray(registers), 0, host.state(), 0, 128);
    host.state().set(ValueLayout.JAVA_LONG, HostProcessor.FLAGS, flags);
    MemorySegment.copy(MemorySegment.ofArray(fxsave), 0, host.state(), HostProcessor.FXSAVE, 512);
    host.run();
  }

  private String compare(SimProcessor sim, HostProcessor host, byte[] code, Definition row) {
    Insn insn = decode(host, code);
    StringBuilder out = new StringBuilder();
    int count = shiftCount(insn);
    if (row.name().startsWith("SH") && row.name().length() == 4 && count > 8 * insn.size) {
      return ""; // SHLD and SHRD beyond the width: everything is undefined
    }
    MemorySegment state = host.state();
    for (int r = 0; r < 16; r++) {
      long expected = state.get(ValueLayout.JAVA_LONG, 8L * r);
      if (expected != sim.cpu.r[r] && !row.has("approx")) {
        out.append(
            "r%d host %x sim %x was %x; ".formatted(r, expected, sim.cpu.r[r], registers[r]));
      }
    }
    int mask = (Flags.ARITHMETIC | Flags.DF) & ~undefined(row, insn, count);
    int expectedFlags = (int) state.get(ValueLayout.JAVA_LONG, HostProcessor.FLAGS) & mask;
    int actualFlags = (int) sim.cpu.rflags() & mask;
    if (expectedFlags != actualFlags) {
      out.append("flags host %x sim %x was %x; ".formatted(expectedFlags, actualFlags, flags));
    }
    MemorySegment mine = sim.window(host.dataAddress() + MIDDLE - DATA_USED / 2, DATA_USED);
    MemorySegment theirs = host.data().asSlice(MIDDLE - DATA_USED / 2, DATA_USED);
    long different = mine.mismatch(theirs);
    if (different >= 0) {
      long at = Math.min(different & ~7L, DATA_USED - 8);
      out.append(
          "memory at %d host %x sim %x; "
              .formatted(
                  different - DATA_USED / 2,
                  theirs.get(ValueLayout.JAVA_LONG_UNALIGNED, at),
                  mine.get(ValueLayout.JAVA_LONG_UNALIGNED, at)));
    }
    if (!row.has("approx")) {
      FxImage.compare(sim.cpu, fxsave, state.asSlice(HostProcessor.FXSAVE, 512), row, out);
    }
    if (!out.isEmpty()) {
      out.append("cl=%x".formatted(registers[1] & 0xff));
    }
    return out.toString();
  }

  private int shiftCount(Insn insn) {
    if (!insn.definition.has("shift")) {
      return 0;
    }
    boolean third = insn.definition.operands().size() == 3;
    long raw =
        third && insn.definition.operands().get(2).text().equals("Ib")
            ? insn.imm2
            : !third && insn.src == Insn.IMMEDIATE ? insn.imm : registers[1];
    return (int) raw & (insn.size == 8 ? 63 : 31);
  }

  private int undefined(Definition row, Insn insn, int count) {
    int mask = 0;
    for (char flag : row.undefinedFlags().toCharArray()) {
      mask |=
          switch (flag) {
            case 'O' -> Flags.OF;
            case 'S' -> Flags.SF;
            case 'Z' -> Flags.ZF;
            case 'A' -> Flags.AF;
            case 'P' -> Flags.PF;
            default -> Flags.CF;
          };
    }
    if (row.has("shift")) {
      if (count == 0) {
        return 0;
      }
      boolean rotate = row.name().startsWith("R");
      mask |= count == 1 ? 0 : Flags.OF;
      mask |= !rotate && count >= 8 * insn.size ? Flags.CF : 0;
    }
    return mask;
  }
}
