package org.tenon.hv.engine.sim.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;

/**
 * The processor that runs this test, as an oracle: executes one instruction with given registers,
 * flags, FPU state and memory. The instruction must not fault and must not transfer control.
 *
 * <p>One mapping holds the stub, the code under test and its data; a small machine-code frame loads
 * the state, falls through the instruction, and stores the state again.
 */
public final class HostProcessor {
  /** Offsets in the state block. */
  public static final int FLAGS = 128;

  public static final int FXSAVE = 256;
  private static final int HOST_RSP = 136;
  private static final int PAGES = 8;
  private static final int STATE_PAGE = 4096;
  private static final int DATA_PAGE = 2 * 4096;

  /** Bytes of data the instruction may touch. */
  public static final int DATA_SIZE = (PAGES - 2) * 4096;

  private static final int READ_WRITE_EXECUTE = 7;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private final MemorySegment mapping;
  private final MethodHandle call;
  private final int codeOffset;

  public HostProcessor() {
    Linker linker = Linker.nativeLinker();
    MethodHandle mmap =
        linker.downcallHandle(
            linker.defaultLookup().find("mmap").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    try {
      long address =
          (long) mmap.invokeExact(0L, PAGES * 4096L, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS, -1, 0L);
      if (address == -1) {
        throw new IllegalStateException("mmap of executable memory failed");
      }
      mapping = MemorySegment.ofAddress(address).reinterpret(PAGES * 4096L, Arena.global(), null);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    codeOffset = assemble();
    call = linker.downcallHandle(mapping, FunctionDescriptor.ofVoid());
  }

  /** Whether the tests' oracle works here. */
  public static boolean available() {
    String arch = System.getProperty("os.arch");
    return (arch.equals("amd64") || arch.equals("x86_64"))
        && System.getProperty("os.name").equals("Linux");
  }

  /** Address of the instruction under test. */
  public long codeAddress() {
    return mapping.address() + codeOffset;
  }

  /** Address of the data. */
  public long dataAddress() {
    return mapping.address() + DATA_PAGE;
  }

  /**
   * The state block: 16 general registers in encoding order, flags at {@link #FLAGS}, FXSAVE image.
   */
  public MemorySegment state() {
    return mapping.asSlice(STATE_PAGE, 4096);
  }

  /** The data. */
  public MemorySegment data() {
    return mapping.asSlice(DATA_PAGE, DATA_SIZE);
  }

  private int assemble() {
    StringBuilder code =
        new StringBuilder("5355415441554156415" + "79c"); // push callee-saved, pushfq
    int state = STATE_PAGE;
    emitRip(code, "488925", state + HOST_RSP); // mov [HOST_RSP], rsp
    emitRip(code, "480fae0d", state + FXSAVE); // fxrstor64
    emitRip(code, "ff35", state + FLAGS); // push [FLAGS]
    code.append("9d"); // popfq
    for (int r = 0; r < 16; r++) {
      emitRip(code, move(r, "8b"), state + 8 * r); // mov r, [state]
    }
    int at = code.length() / 2;
    code.append("90".repeat(16));
    for (int r = 0; r < 16; r++) {
      emitRip(code, move(r, "89"), state + 8 * r); // mov [state], r
    }
    emitRip(code, "488b25", state + HOST_RSP); // mov rsp, [HOST_RSP]
    code.append("9c"); // pushfq
    emitRip(code, "8f05", state + FLAGS); // pop [FLAGS]
    emitRip(code, "480fae05", state + FXSAVE); // fxsave64
    code.append("dbe3"); // fninit
    emitRip(code, "0fae15", state + 1024); // ldmxcsr
    code.append("9dfc415f415e415d415c5d5bc3"); // popfq, cld, pops, ret
    MemorySegment.copy(
        MemorySegment.ofArray(HexFormat.of().parseHex(code)), 0, mapping, 0, code.length() / 2);
    mapping.set(ValueLayout.JAVA_INT, state + 1024L, 0x1f80);
    return at;
  }

  private static String move(int register, String opcode) {
    int rex = register >= 8 ? 0x4c : 0x48;
    return "%02x%s%02x".formatted(rex, opcode, (register & 7) << 3 | 5);
  }

  private static void emitRip(StringBuilder code, String opcode, int target) {
    code.append(opcode);
    int next = code.length() / 2 + 4;
    int displacement = Integer.reverseBytes(target - next);
    code.append("%08x".formatted(displacement));
  }

  /** Puts an instruction in place, followed by NOPs. */
  public void setCode(byte[] instruction) {
    for (int k = 0; k < 16; k++) {
      byte b = k < instruction.length ? instruction[k] : (byte) 0x90;
      mapping.set(ValueLayout.JAVA_BYTE, codeOffset + k, b);
    }
  }

  /** Executes. */
  public void run() {
    try {
      call.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
