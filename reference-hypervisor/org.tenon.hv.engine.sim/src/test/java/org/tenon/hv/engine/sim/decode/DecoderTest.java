package org.tenon.hv.engine.sim.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.engine.sim.exec.Handlers;

/** Bytes to instructions. */
class DecoderTest {
  private static Insn decode(String hex, int codeSize) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return new Decoder().decode(at -> at < bytes.length ? bytes[at] & 0xff : 0, 0x1000, codeSize);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4801d8           | 8 | ADD rax, rbx",
        "6601d8           | 8 | ADD ax, bx",
        "00e0             | 8 | ADD al, ah",
        "4000e0           | 8 | ADD al, spl",
        "8b440b08         | 8 | MOV eax, ds:[rbx+rcx*1+0x8]",
        "488b0510000000   | 8 | MOV rax, ds:[0x1017]",
        "65488b042528000000 | 8 | MOV rax, gs:[0x28]",
        "8b4508           | 4 | MOV eax, ss:[ebp+0x8]",
        "8a07             | 2 | MOV al, ds:[bx]",
        "7405             | 8 | JZ 0x1007",
        "f3a4             | 8 | REP MOVS [di], [si]",
        "f00fb10b         | 8 | LOCK CMPXCHG ds:[rbx], ecx",
        "660f3a0fc105     | 8 | PALIGNR xmm0, xmm1, 0x5",
        "f30f6f07         | 8 | MOVDQU xmm0, ds:[rdi]",
        "48b8efcdab8967452301 | 8 | MOV rax, 0x123456789abcdef",
        "f390             | 8 | PAUSE",
        "0f2000           | 8 | MOV rax, cr0"
      })
  void disassembles(String hex, int codeSize, String text) {
    Insn insn = decode(hex, codeSize);
    assertThat(insn).hasToString(text);
    assertThat(insn.length).isEqualTo(hex.length() / 2);
  }

  @ParameterizedTest
  @CsvSource({"f001d8,8", "06,8", "0f04,8", "ea00000000,8", "660f3afe00,8"})
  void whatIsNoInstructionIsInvalid(String hex, int codeSize) {
    assertThat(decode(hex, codeSize).definition).isEqualTo(Decoder.INVALID);
  }

  @Test
  void moreThanFifteenBytesAreTooLong() {
    assertThat(decode("66".repeat(15) + "90", 8).definition).isEqualTo(Decoder.TOO_LONG);
  }

  @Test
  void everyRowHasAHandler() {
    assertThat(InstructionTable.get().rows()).hasSizeGreaterThan(800);
    assertThat(Handlers.of(decode("90", 8))).isNotNull();
  }
}
