package org.tenon.tck.hypervisor.image;

import org.tenon.tck.hypervisor.image.MachineCode.Label;

/**
 * What runs before and beside the Java methods: the way from the 32-bit entry point to long mode,
 * and the interrupt and exception handlers with their table.
 *
 * <p>An interrupt is counted by its vector and acknowledged, at the 8259 pair for vectors 20H to
 * 2FH, else at the local APIC. An exception ends what {@code Traps.attempt} began, and leaves its
 * vector, error code and addresses in that class's fields.
 */
final class Startup {
  private static final int VECTORS = 256;
  private static final int PAGE = 4096;
  private static final int CODE_SELECTOR = 0x08;
  private static final long PRESENT_WRITABLE = 3;
  private static final long LARGE = 0x80;

  private final MachineCode code;
  private final ProgramSymbols symbols;
  private final String guest;
  private final String main;
  private final Label gdt = MachineCode.label("gdt");
  private final Label gdtPointer = MachineCode.label("gdt pointer");
  private final Label idtPointer = MachineCode.label("idt pointer");
  private final Label tables = MachineCode.label("page tables");
  private final Label attemptEnded = MachineCode.label("attempt ended");
  private final Label[] handlers = new Label[VECTORS];

  /**
   * Prepares it.
   *
   * @param guest the package of the program, with a slash behind it
   * @param main the class to start
   */
  Startup(MachineCode code, ProgramSymbols symbols, String guest, String main) {
    this.code = code;
    this.symbols = symbols;
    this.guest = guest;
    this.main = main;
  }

  /** The 32-bit entry point: paging off, flat segments, EBX at the boot information. */
  void entry(Label stack) {
    Label wide = MachineCode.label("64 bits");
    code.emit("fa fc bc").absolute(stack); // cli; cld; mov esp, stack
    code.emit("a3").absolute(boot("eax")); // mov [eax], eax
    code.emit("891d").absolute(boot("startInfo")); // mov [startInfo], ebx
    code.emit("9c 58 a3").absolute(boot("flags")); // pushfd; pop eax; mov [flags], eax
    code.emit("0f20c0 a3").absolute(boot("cr0")); // mov eax, cr0; mov [cr0], eax
    code.emit("0f20e0 83c820 0f22e0"); // CR4.PAE
    code.emit("b8").absolute(tables).emit("0f22d8"); // CR3
    code.emit("b9").int32(0xc0000080).emit("0f32 0d").int32(0x100).emit("0f30"); // EFER.LME
    code.emit("0f20c0 0d").int32(0x80010001).emit("0f22c0"); // CR0: PG, WP, PE
    code.emit("0f0115").absolute(gdtPointer); // lgdt
    code.emit("ea").absolute(wide).int16(CODE_SELECTOR); // jmp far
    code.bind(wide);
    code.emit("66b81000 8ed8 8ec0 8ed0 8ee0 8ee8"); // mov ax, 10h to DS, ES, SS, FS, GS
    code.emit("bc").absolute(stack); // mov esp, stack
    code.emit("0f011c25").absolute(idtPointer); // lidt
    code.emit("e8").relative(symbols.method(guest + main, "main", "()V"));
    code.emit("fa f4 ebfc"); // cli; hlt; jmp
  }

  private Label boot(String field) {
    return symbols.field(guest + "Boot", field);
  }

  private Label trap(String field) {
    return symbols.field(guest + "Traps", field);
  }

  /**
   * The body of {@code Traps.attempt}: calls {@code Traps.body}, and answers 1 where an exception
   * ended that.
   *
   * @param recovery 8 bytes for the stack pointer of the attempt under way
   */
  void attempt(Label recovery) {
    code.emit("55 ff3425").absolute(recovery); // push rbp; push [recovery]
    code.emit("48892425").absolute(recovery); // mov [recovery], rsp
    code.emit("ff742418 e8"); // push [rsp+24]; call
    code.relative(symbols.method(guest + "Traps", "body", "(I)V"));
    code.emit("31c0"); // xor eax, eax
    code.bind(attemptEnded);
    code.emit("8f0425").absolute(recovery).emit("5d c20800"); // pop [recovery]; pop rbp; ret 8
  }

  /** A handler for every vector; interrupts are counted in {@code counts}, 8 bytes each. */
  void handlers(Label counts, Label recovery) {
    symbols.method(guest + "Traps", "attempt", "(I)I");
    Label common = MachineCode.label("common handler");
    for (int vector = 0; vector < VECTORS; vector++) {
      Label handler = MachineCode.label("handler");
      handlers[vector] = handler;
      code.bind(handler);
      boolean hasError = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
      code.emit(hasError ? "" : "6a00").emit("68").int32(vector).emit("e9").relative(common);
    }
    code.bind(common);
    Label interrupt = MachineCode.label("interrupt");
    code.emit("50 488b442408"); // push rax; vector to rax
    code.emit("83f820 0f83").relative(interrupt); // cmp eax, 32; jae
    keep("vector");
    code.emit("488b442410");
    keep("error");
    code.emit("488b442418");
    keep("instruction");
    code.emit("0f20d0"); // mov rax, cr2
    keep("address");
    code.emit("488b2425").absolute(recovery); // mov rsp, [recovery]
    code.emit("b801000000 e9").relative(attemptEnded);
    code.bind(interrupt);
    countAndAcknowledge(counts);
  }

  /** RAX to a field. */
  private void keep(String field) {
    code.emit("48890425").absolute(trap(field));
  }

  private void countAndAcknowledge(Label counts) {
    Label legacy = MachineCode.label("8259");
    Label master = MachineCode.label("8259 master");
    Label done = MachineCode.label("done");
    code.emit("48ff04c5").absolute(counts); // inc qword [8 rax + counts]
    code.emit("83f830 0f82").relative(legacy); // cmp eax, 30h; jb
    code.emit("3dff000000 0f84").relative(done); // the spurious vector takes no EOI
    code.emit("b8b000e0fe c70000000000 e9").relative(done); // local APIC, EOI
    code.bind(legacy);
    code.emit("83f828 b020 0f82").relative(master).emit("e6a0");
    code.bind(master).emit("e620");
    code.bind(done).emit("58 4883c410 48cf"); // pop rax; add rsp, 16; iretq
  }

  /** Descriptor tables, and page tables that map the first 4 GiB to themselves. */
  void tables() {
    Label idt = MachineCode.label("idt");
    code.align(8).bind(gdt).int64(0).int64(0x00af9b000000ffffL).int64(0x00cf93000000ffffL);
    code.bind(gdtPointer).int16(3 * 8 - 1).absolute(gdt);
    code.align(8).bind(idtPointer).int16(VECTORS * 16 - 1).absolute(idt).int32(0);
    code.align(16).bind(idt);
    for (Label handler : handlers) {
      long address = handler.address();
      code.int16((int) address).int16(CODE_SELECTOR).int16(0x8e00);
      code.int16((int) (address >>> 16)).int64(0);
    }
    code.align(PAGE).bind(tables);
    long first = code.address();
    code.int64((first + PAGE) | PRESENT_WRITABLE).align(PAGE);
    for (int gib = 0; gib < 4; gib++) {
      code.int64((first + (2L + gib) * PAGE) | PRESENT_WRITABLE);
    }
    code.align(PAGE);
    for (long page = 0; page < 4 * 512; page++) {
      code.int64(page << 21 | PRESENT_WRITABLE | LARGE);
    }
  }

  /** The outermost page table. */
  Label pageTables() {
    return tables;
  }
}
