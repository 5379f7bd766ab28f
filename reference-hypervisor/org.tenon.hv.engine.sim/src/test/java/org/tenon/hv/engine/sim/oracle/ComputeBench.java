package org.tenon.hv.engine.sim.oracle;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tenon.hv.engine.sim.block.RunLoop;

/**
 * Guest instructions per second, interpreted and compiled, on small kernels. A program, not a test:
 * run its main from the test class path.
 */
final class ComputeBench {
  private static final long LINEAR = 0x7f0000401000L;
  private static final long INSTRUCTIONS = 100_000_000;
  private static final System.Logger LOG = System.getLogger(ComputeBench.class.getName());

  private ComputeBench() {}

  public static void main(String[] arguments) {
    Map<String, String> kernels = new LinkedHashMap<>();
    // add rax,rbx; lea rcx,[rax+rcx*2+5]; xor rdx,rcx; dec r8; jnz start
    kernels.put("register arithmetic", "4801d8 488d4c4805 4831ca 49ffc8 75f0 ebee");
    // mov rax,[rdi]; mul rbx; add rax,[rsi]; adc rdx,0; add rax,rcx; adc rdx,0; mov [rsi],rax; mov
    // rcx,rdx; jmp start
    kernels.put(
        "bignum multiply-add", "488b07 48f7e3 480306 4883d200 4801c8 4883d200 488906 4889d1 ebe4");
    // movzx eax,byte [rdi+rcx]; add edx,eax; inc ecx; and ecx,0fffh; cmp eax,7; jne start; jmp
    // start
    kernels.put("byte scan", "0fb6040f 01c2 ffc1 81e1ff0f0000 83f807 75ed ebeb");
    kernels.forEach((name, code) ->
        LOG.log(
            Level.INFO,
            "%-20s interpreted %6.1f MIPS, compiled %6.1f MIPS"
                .formatted(name, measure(code, RunLoop.INTERPRET_ONLY), measure(code, 5000))));
  }

  private static double measure(String hex, int threshold) {
    byte[] code = HexFormat.of().parseHex(hex.replace(" ", ""));
    SimProcessor sim = new SimProcessor(LINEAR, threshold);
    MemorySegment.copy(
        MemorySegment.ofArray(code), 0, sim.window(LINEAR, code.length), 0, code.length);
    sim.cpu.rip = LINEAR;
    sim.cpu.r[6] = LINEAR + 0x4000;
    sim.cpu.r[7] = LINEAR + 0x5000;
    sim.run(INSTRUCTIONS / 2);
    long start = System.nanoTime();
    sim.run(INSTRUCTIONS);
    return INSTRUCTIONS * 1e3 / (System.nanoTime() - start);
  }
}
