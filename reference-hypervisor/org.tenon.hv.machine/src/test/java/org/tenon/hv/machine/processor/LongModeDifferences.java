package org.tenon.hv.machine.processor;

import java.util.regex.Pattern;

/** QEMU's differences in the cases of long.S. */
final class LongModeDifferences extends QemuDifferences {
  /** The kernel's stack, untouched. */
  private static final String STACK = "stack 10:500000 frame 500000";

  LongModeDifferences() {
    exceptions();
    registers();
    selectors();
    interrupts();
    debugging();
    systemCalls();
    compatibilityMode();
    paging();
    floatingPoint();
  }

  private void exceptions() {
    replace(
        "undefined with LOCK",
        "SDM vol. 2, LOCK: #UD where no memory is written",
        LINE,
        fault("6", "0"));
    replace(
        "LOCK where it is not allowed",
        "SDM vol. 2, LOCK: BT writes no memory; XCHG with itself has no memory operand",
        "(  4:) fd=8",
        "$1 6");
    replace(
        "ICEBP is a trap",
        "SDM vol. 3, 6.4.4: INT1 is a trap",
        LINE,
        " 1/0 at 8:1 flags 2 " + STACK);
    replace(
        "software interrupt to a vector that pushes an error code",
        "INT pushes no error code: what reads as one is the frame, and it has no RF to amend",
        "flags 510000",
        "flags 500000");
    replace(
        "not canonical by the stack",
        "SDM vol. 1, 3.3.7.1: #SS for an address by the stack",
        " d/0",
        " c/0");
    replace(
        "near jump to an address.*", "SDM vol. 2, JMP: the jump faults", "8:800000000000", "8:a");
    replace(
        "near call to an address.*",
        "SDM vol. 2, CALL: the call faults and pushes nothing",
        "8:800000000000 flags 10002 stack 10:4ffff8 frame 4ffff0",
        "8:a flags 10002 stack 10:500000 frame 500000");
    replace(
        "return to an address that is not canonical",
        "SDM vol. 2, RET: the return faults and pops nothing",
        "8:800000000000 flags 10002 stack 10:500000 frame 500000",
        "8:b flags 10002 stack 10:4ffff8 frame 4ffff0");
    replace(
        "privileged moves at privilege 3",
        "SDM vol. 3, 6.13: an error code holds the vector times 8; 6.4.4: INT1 is a trap",
        "d/202 d/32 6 d/e2",
        "d/102 d/1a 1 d/72");
    replace(
        "LAHF PUSHA and others.*",
        "SDM vol. 2, appendix A.4: 8F with a ModRM.reg other than 0 is undefined",
        "(  18:)$",
        "$1 6");
  }

  private void registers() {
    replace(
        "control register bits",
        "SDM vol. 3, 2.5: NW without CD and bits 63:32 of CR0, bits 63:4 of CR8 raise #GP",
        LINE,
        " d c0010033 fd=8 d d c0010033 fd=8 c0010013 fd=8 c0050013 fd=8 6a4 fd=8 1006a4 fd=8"
            + " 2006a4 fd=8 3 fd=8 d");
    replace(
        "EFER bits",
        "SDM vol. 3, 2.2.1: reserved bits, and LME while paging is on, raise #GP",
        LINE,
        " d00 fd=8 d01 fd=8 d d d d01 fd=8 501 fd=8 d d");
    replace(
        "MSRs",
        "SDM vol. 2, WRMSR: #GP for an address that is not canonical; vol. 3, 11.12.2: PAT types",
        LINE,
        " 7fffffffffff fd=8 d ffff800000000000 fd=8 d 606060606060606 fd=8 7040600070406 fd=8 d d"
            + " 12345678 fd=8");
    replace(
        "debug register bits",
        "SDM vol. 3, 18.2: DR6 bit 12 and DR7 bits 11, 12, 14, 15 are 0",
        "ffffffff ffff0ff0 ffffdc00 ffffdc00",
        "ffffefff ffff0ff0 ffff0400 ffff0400");
    replace(
        "bases of FS and GS",
        "SDM vol. 2, WRGSBASE: #GP for an address that is not canonical",
        "fd=8",
        "d");
  }

  private void selectors() {
    replace(
        "selectors to ss",
        "SDM vol. 2, MOV: a null selector for SS must have the current privilege",
        "(  [123]:) fd=8",
        "$1 d");
    replace(
        "selectors to TR",
        "SDM vol. 2, LTR: #GP(0) for a null selector",
        "(  [0-3]:) \\w fd=8",
        "$1 d");
    replace(
        "selectors to TR",
        "SDM vol. 3, table 3-2: a 16-bit TSS is no type of IA-32e mode",
        "(  110:) 110 fd=8",
        "$1 d/110");
    replace(
        "LAR LSL VERR VERW.*",
        "SDM vol. 2, LAR and LSL: a 16-bit TSS and a task gate are no types of IA-32e mode",
        "(  (?:11[0-3]|15[0-3]):) (?:8101 67|20e501 55555555|208501 55555555)",
        "$1 55555555 55555555");
    replace(
        "(far jumps|far calls|far returns).*",
        "SDM vol. 3, 5.2.1: #GP for code with L and D",
        "(  70:) fd=70",
        "$1 d/70");
    replace(
        "far jumps",
        "SDM vol. 2, JMP: #NP if the code behind a call gate is not present",
        "(  19[0-3]:) d/68",
        "$1 b/68");
    replace(
        "interrupt returns",
        "SDM vol. 3, 5.2.1: #GP for code with L and D",
        "(  70:) d/18",
        "$1 d/70");
    replace(
        "interrupt returns to privilege 0 with any stack",
        "SDM vol. 2, IRET: #SS if the stack segment is not present",
        "b/60",
        "c/60");
  }

  private void interrupts() {
    replace(
        "interrupt gates of every type.*|interrupts beyond the table",
        "SDM vol. 3, 6.13: an error code holds the vector times 8",
        " ([bd])/502",
        " $1/282");
    replace(
        "exception beyond the table",
        "SDM vol. 3, 6.13: an error code holds the vector times 8, and EXT",
        "d/102",
        "d/83");
    rule(
        "exceptions to every selector|IST that is not.*|stack pointer of the TSS beyond.*",
        "SDM vol. 3, 6.13: EXT is set if the fault came while an event was delivered",
        LongModeDifferences::setExternal);
    replace(
        "MOV SS holds back",
        "SDM vol. 2, MOV: of several instructions that hold interrupts back QEMU counts the first",
        "8:13 flags 202 " + STACK + " rax 10",
        "8:15 flags 202 " + STACK + " rax 10 rcx 1");
  }

  private static String setExternal(String line) {
    return Pattern.compile(" ([abcd])(/\\w+)?(?= |$)")
        .matcher(line)
        .replaceFirst(event -> {
          String code = event.group(2) == null ? "0" : event.group(2).substring(1);
          return " " + event.group(1) + "/" + Long.toHexString(Long.parseLong(code, 16) | 1);
        });
  }

  private void debugging() {
    replace(
        "single step over a branch.*",
        "SDM vol. 3, 18.3.1.1: RF is set in the image that a trap between two steps of REP saves",
        "(8:2f) flags 102 (" + STACK + " dr6 ffff4ff0 rcx [12] )",
        "$1 flags 10102 $2");
    replace(
        "single step over STI and CLI",
        "SDM vol. 3, 6.8.3: MOV SS holds debug exceptions back, STI does not",
        LINE,
        " 1/0 at 8:23 flags 302 %1$s > 1/0 at 8:24 flags 302 %1$s > 1/0 at 8:25 flags 102 %1$s"
                .formatted(STACK + " dr6 ffff4ff0")
            + " > 1/0 at 8:26 flags 102 "
            + STACK
            + " dr6 ffff4ff0");
    replace(
        "two breakpoints at once",
        "SDM vol. 3, 18.2.3: DR6 tells every breakpoint that was met",
        "ffff0ff1",
        "ffff0ff5");
    replace(
        "general detect",
        "SDM vol. 3, 18.3.1.3: DR7.GD guards the debug registers",
        LINE,
        " 1/0 at 8:8 flags 10002 " + STACK + " dr6 ffff2ff0 rax 2400");
  }

  private void systemCalls() {
    replace(
        "SYSCALL",
        "SDM vol. 2, SYSCALL: RFLAGS loses only what IA32_FMASK names",
        "flags 2 ",
        "flags 8d7 ");
    replace(
        "SYSENTER in compatibility mode",
        "APM vol. 3, SYSENTER: #UD in long mode",
        LINE,
        " 6/0 at 43:20 flags 10002 stack 1b:40510000 frame 504000 rax 8 rcx 174");
  }

  private void compatibilityMode() {
    replace(
        "compatibility mode ends at 4 GiB",
        "SDM vol. 3, 5.3: #GP beyond the segment's limit, which QEMU does not check",
        "e/4(.*) cr2 fffffffe",
        "d/0$1");
    replace(
        "null DS in compatibility mode",
        "SDM vol. 3, 5.4.1: #GP for an access by a null selector, which QEMU does not check",
        LINE,
        " d/0 at 43:16 flags 10046 stack 1b:40510000 frame 504000 rax 0");
  }

  private void paging() {
    replace("reserved bits.*|large page bit.*", "SDM vol. 3, 4.7: RSVD implies P", " e/8", " e/9");
    replace(
        "a read-modify-write faults as a write",
        "SDM vol. 3, 4.7: W/R tells a write",
        " e/0",
        " e/2");
    replace(
        "a CR3 load keeps global pages",
        "SDM vol. 3, 4.10.4.1: MOV to CR3 may keep them, as the simulator does; QEMU keeps none",
        "8:2c flags 10046 (.*) rax 400000",
        "8:3c flags 10002 $1 rax 620");
  }

  private void floatingPoint() {
    replace(
        "an x87 exception comes with.*",
        "SDM vol. 1, 8.6 and 8.7: the next waiting instruction raises #MF, and nothing was popped",
        LINE,
        " 10/0 at 8:22 flags 10002 " + STACK + " rax 111111111111b084");
    replace(
        "an x87 exception at an MMX instruction",
        "SDM vol. 1, 9.5.1: MMX instructions raise a pending #MF",
        LINE,
        " 10/0 at 8:18 flags 10002 " + STACK);
    replace(
        "an x87 exception does not come at FNINIT",
        "SDM vol. 1, 8.5: an unmasked zero divide pops nothing",
        "3800",
        "3000");
    replace(
        "unmasking a pending x87 exception",
        "SDM vol. 1, 8.7: the next waiting instruction raises #MF",
        LINE,
        " 10/0 at 8:1c flags 10002 " + STACK + " rax 111111111111b884 rcx 1111b884");
    replace(
        "an SSE exception",
        "SDM vol. 1, 11.5: #XM, which QEMU's translator does not know",
        LINE,
        " 13/0 at 8:1f flags 10002 " + STACK + " rax 3f800000");
    replace(
        "an SSE exception leaves the destination",
        "SDM vol. 1, 11.5.1: #XM, which QEMU's translator does not know",
        LINE,
        " 13/0 at 8:43 flags 10002 "
            + STACK
            + " rax 3f800000 > 3f800000 1d84 ff/0 at 8:60 flags 2 "
            + STACK
            + " rax 1d84");
    replace(
        "MXCSR bits that do not exist",
        "SDM vol. 2, LDMXCSR: #GP",
        LINE,
        " d/0 at 8:b flags 10002 " + STACK);
    replace(
        "FXRSTOR of MXCSR bits that do not exist",
        "SDM vol. 2, FXRSTOR: #GP",
        LINE,
        " d/0 at 8:13 flags 10002 " + STACK);
  }

  private static String fault(String vector, String rip) {
    return " " + vector + "/0 at 8:" + rip + " flags 10002 " + STACK;
  }
}
