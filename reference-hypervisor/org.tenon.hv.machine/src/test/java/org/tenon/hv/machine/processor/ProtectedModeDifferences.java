package org.tenon.hv.machine.processor;

/** QEMU's differences in the cases of protected.S. */
final class ProtectedModeDifferences extends QemuDifferences {
  /** The kernel's stack, untouched. */
  private static final String STACK = "frame 10:500000";

  private static final String LIMITS =
      "SDM vol. 3, 5.3: #GP beyond a segment's limit, which QEMU does not check";

  private static final String TYPES =
      "SDM vol. 3, 5.5: #GP for an access that the segment's type forbids, which QEMU does not"
          + " check";

  ProtectedModeDifferences() {
    selectors();
    accesses();
    tasks();
    virtual8086();
    paging();
  }

  private void selectors() {
    replace(
        "selectors to TR",
        "SDM vol. 2, LTR: #GP(0) for a null selector",
        "(  [0-3]:) \\w fd=8",
        "$1 d");
    replace(
        "far jumps",
        "SDM vol. 2, JMP: #NP if the code behind a call gate is not present",
        "(  c[0-3]:) d/50",
        "$1 b/50");
    replace(
        "far calls at privilege 3",
        "SDM vol. 2, CALL: CS gets the current privilege, as conforming code has it",
        "(  b[0-3]:) fd=30",
        "$1 fd=33");
    replace(
        "far calls|far returns|interrupt returns",
        "SDM vol. 2, CALL and RET: #GP(0) for an offset beyond the code's limit",
        "(  140:) (?:d/140|fd=140)",
        "$1 d");
    rule(
        "stacks of every selector for an inner privilege",
        "SDM vol. 3, 6.13: EXT is set if the fault came while an event was delivered",
        ProtectedModeDifferences::setExternal);
  }

  /** In {@code item: code fd=8}. */
  private static String setExternal(String line) {
    String[] words = line.strip().split(" ", -1);
    return !line.startsWith("  ") || words.length < 3
        ? line
        : "  %s %x %s".formatted(words[0], Integer.parseInt(words[1], 16) | 1, words[2]);
  }

  private void accesses() {
    replace("expand-down limits", LIMITS, LINE, fault("d", "18") + " fs 68 eax 68 ecx ffffffff");
    replace("limits by size", LIMITS, LINE, fault("d", "15") + " fs 70 eax 70 ecx 0");
    replace(
        "stack limit",
        LIMITS,
        "ff/0 at 23:27 flags 2 outer 73:1000",
        "c/0 at 23:24 flags 10002 outer 73:1004");
    replace("write to a read-only segment", TYPES, LINE, fault("d", "e") + " fs 40 eax 40 ecx 0");
    replace("write to a code segment", TYPES, LINE, fault("d", "0"));
    replace("read of an execute-only segment", TYPES, LINE, " d/0 at 38:7 flags 10002 " + STACK);
    replace(
        "null selector",
        "SDM vol. 3, 5.4.1: #GP for an access by a null selector, which QEMU does not check",
        LINE,
        " d/0 at 8:4 flags 10046 " + STACK + " fs 0 eax 0");
  }

  private static String fault(String vector, String rip) {
    return " " + vector + "/0 at 8:" + rip + " flags 10002 " + STACK;
  }

  private void tasks() {
    replace(
        "task with the trap bit",
        "SDM vol. 3, 18.3.1.5: #DB before the first instruction of a task whose T bit is set",
        LINE,
        " 1/0 at 8:200050 flags 2 frame 10:514000 cr0 3b dr6 ffff8ff0 tr e8 eax a0a0a0a0 ecx"
            + " c0c0c0c0 edx 0 ebx 0 ebp 0 esi 0 edi 0 > fd/0 at 8:200054 flags 2 frame 10:514000"
            + " cr0 3b dr6 ffff8ff0 tr e8 eax a0a0a0a0 ecx c0c0c0c0 edx 514000 ebx 0 ebp 0 esi 0"
            + " edi 0");
  }

  private void virtual8086() {
    replace(
        "virtual-8086 mode,offset beyond the segment",
        LIMITS,
        "d/1a at 2000:7 (.*) eax 11112000 ",
        "d/0 at 2000:3 $1 ");
    replace(
        "virtual-8086 mode,a (handler of another privilege|conforming handler)",
        "SDM vol. 3, 6.13: EXT is set if the fault came while an event was delivered",
        " d/([23])0",
        " d/$11");
  }

  private void paging() {
    replace(
        "alignment checks",
        "SDM vol. 3, 6.15: #AC, which QEMU's translator does not know",
        LINE,
        " 11/0 at 23:33 flags 50002 outer 1b:50c000 frame 10:503ff8 cr0 40033 ds 1b es 0 fs 0 gs 0"
            + " eax 1b ecx 22220000");
    replace("reserved bit of a 4 MiB page", "SDM vol. 3, 4.7: RSVD implies P", " e/8", " e/9");
  }
}
