package org.tenon.hv.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tenon.hv.engine.VcpuExit.Reason.BREAKPOINT;
import static org.tenon.hv.engine.VcpuExit.Reason.BUDGET;
import static org.tenon.hv.engine.VcpuExit.Reason.HALT;
import static org.tenon.hv.engine.VcpuExit.Reason.INTERRUPT_WINDOW;
import static org.tenon.hv.engine.VcpuExit.Reason.KICKED;
import static org.tenon.hv.engine.VcpuExit.Reason.MMIO_READ;
import static org.tenon.hv.engine.VcpuExit.Reason.MMIO_WRITE;
import static org.tenon.hv.engine.VcpuExit.Reason.MSR_READ;
import static org.tenon.hv.engine.VcpuExit.Reason.PORT_READ;
import static org.tenon.hv.engine.VcpuExit.Reason.PORT_WRITE;
import static org.tenon.hv.engine.VcpuExit.Reason.SHUTDOWN;
import static org.tenon.hv.engine.VcpuExit.Reason.TASK_PRIORITY;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.engine.Segment;
import org.tenon.hv.engine.VcpuExit;
import org.tenon.hv.engine.VcpuState;

/** Exits, exceptions, paging and modes, seen from outside through the engine's API. */
class BareMetalTest {
  private final BareMetal m = new BareMetal();

  @Test
  void realModePortAccessesExitOnceEach() {
    // mov al,5; out 80h,al; in al,61h; hlt
    m.load(0x1000, "b005 e680 e461 f4");
    m.cpu.setState(m.cpu.state().afterStartup(1));
    VcpuExit exit = m.run();
    assertThat(exit.reason()).isEqualTo(PORT_WRITE);
    assertThat(exit.address()).isEqualTo(0x80);
    assertThat(exit.value()).isEqualTo(5);
    exit = m.run();
    assertThat(exit.reason()).isEqualTo(PORT_READ);
    assertThatThrownBy(() -> m.cpu.run(1)).isInstanceOf(IllegalStateException.class);
    m.cpu.complete(0x1234);
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.registers().rax()).isEqualTo(0x34);
    assertThat(m.cpu.retired()).isEqualTo(4);
  }

  @Test
  void readModifyWriteOfMmioReadsAndWritesOnce() {
    // mov ebx,1f0000h; add dword [rbx],7; hlt
    m.longMode("bb00001f00 830307 f4");
    VcpuExit exit = m.run();
    assertThat(exit.reason()).isEqualTo(MMIO_READ);
    assertThat(exit.address()).isEqualTo(BareMetal.MMIO);
    assertThat(m.cpu.atInstructionBoundary()).isFalse();
    m.cpu.complete(0xfffffffeL);
    exit = m.cpu.run(1);
    assertThat(exit.reason()).isEqualTo(MMIO_WRITE);
    assertThat(exit.value()).isEqualTo(5);
    assertThat(m.cpu.run(1).reason()).isEqualTo(BUDGET);
    assertThat(m.cpu.atInstructionBoundary()).isTrue();
    assertThat(m.registers().rflags() & 1).isEqualTo(1);
    assertThat(m.run().reason()).isEqualTo(HALT);
  }

  @Test
  void repeatedStoresToMmioKeepTheirPlace() {
    // mov edi,1f0000h; mov ecx,3; mov al,9; rep stosb; hlt
    m.longMode("bf00001f00 b903000000 b009 f3aa f4");
    for (int k = 0; k < 3; k++) {
      VcpuExit exit = m.run();
      assertThat(exit.reason()).isEqualTo(MMIO_WRITE);
      assertThat(exit.address()).isEqualTo(BareMetal.MMIO + k);
      assertThat(m.registers().rcx()).isEqualTo(3 - k);
    }
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.registers().rcx()).isZero();
  }

  @Test
  void codeThatOverwritesItsNextInstructionExecutesTheNewOne() {
    // mov byte [rip+1],5 (the immediate of the following mov); mov eax,1; hlt
    m.longMode("c60501000000 05 b801000000 f4");
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.registers().rax()).isEqualTo(5);
  }

  @Test
  void codeWrittenFromOutsideIsTranslatedAnew() {
    m.longMode("b801000000 f4"); // mov eax,1; hlt
    VcpuState start = m.cpu.state();
    m.run();
    m.load(BareMetal.CODE, "b802000000");
    m.vm.memoryWritten(BareMetal.CODE, 5);
    m.cpu.setState(start);
    m.run();
    assertThat(m.registers().rax()).isEqualTo(2);
  }

  @Test
  void undefinedInstructionReportsItself() {
    m.longMode("90 0f0b");
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.vector()).isEqualTo(6);
    assertThat(m.stacked(0)).isEqualTo(BareMetal.CODE + 1);
    assertThat(m.stacked(1)).isEqualTo(8);
    assertThat(m.stacked(3)).isEqualTo(BareMetal.STACK);
  }

  @Test
  void divisionByZeroLeavesRegistersAlone() {
    m.longMode("31c9 b807000000 f7f1"); // xor ecx,ecx; mov eax,7; div ecx
    m.run();
    assertThat(m.vector()).isZero();
    assertThat(m.registers().rax()).isEqualTo(7);
    assertThat(m.stacked(0)).isEqualTo(BareMetal.CODE + 7);
  }

  @Test
  void pageFaultSetsCr2AndErrorCode() {
    m.longMode("c60300 f4"); // mov byte [rbx],0; hlt
    m.mapPage(BareMetal.DATA, BareMetal.DATA | 5);
    m.run();
    assertThat(m.vector()).isEqualTo(14);
    assertThat(m.stacked(0)).as("present, write").isEqualTo(3);
    assertThat(m.cpu.state().system().cr2()).isEqualTo(BareMetal.DATA);
  }

  @Test
  void noExecutePagesFaultOnFetch() {
    m.longMode("ffe3"); // jmp rbx
    m.mapPage(BareMetal.DATA, BareMetal.DATA | 7 | 1L << 63);
    m.run();
    assertThat(m.vector()).isEqualTo(14);
    assertThat(m.stacked(0)).as("present, fetch").isEqualTo(0x11);
  }

  @Test
  void reservedBitsInAnEntryFault() {
    m.longMode("8a03"); // mov al,[rbx]
    m.mapPage(BareMetal.DATA, BareMetal.DATA | 7 | 1L << 50);
    m.run();
    assertThat(m.vector()).isEqualTo(14);
    assertThat(m.stacked(0)).as("present, reserved").isEqualTo(9);
  }

  @Test
  void accessedAndDirtyBitsFollowTheAccesses() {
    m.longMode("8a03 f4 8803 f4"); // mov al,[rbx]; hlt; mov [rbx],al; hlt
    long slot = 0x4000 + 8 * (BareMetal.DATA >> 12);
    m.run();
    assertThat(m.get64(slot) & 0x60).isEqualTo(0x20);
    m.run();
    assertThat(m.get64(slot) & 0x60).isEqualTo(0x60);
  }

  @Test
  void aWriteAcrossAPageThatIsMissingWritesNothing() {
    m.longMode("48c783fc0f000000000000 f4"); // mov qword [rbx+ffch],0
    m.put64(BareMetal.DATA + 0xff8, -1);
    m.mapPage(BareMetal.DATA + 0x1000, 0);
    m.run();
    assertThat(m.vector()).isEqualTo(14);
    assertThat(m.cpu.state().system().cr2()).isEqualTo(BareMetal.DATA + 0x1000);
    assertThat(m.get64(BareMetal.DATA + 0xff8)).isEqualTo(-1);
  }

  @Test
  void addressesThatAreNotCanonicalFaultBySegment() {
    m.longMode(
        "48c1e33f 8a03"); // shl rbx,63; mov al,[rbx] (rbx has bit 0 clear: make it odd first)
    m.cpu.setState(m.cpu.state().with(m.registers().with(3, 1)));
    m.run();
    assertThat(m.vector()).isEqualTo(13);
    BareMetal other = new BareMetal().longMode("48c1e53f 8a4500"); // shl rbp,63; mov al,[rbp]
    other.cpu.setState(other.cpu.state().with(other.registers().with(5, 1)));
    other.run();
    assertThat(other.vector()).isEqualTo(12);
  }

  @Test
  void faultInAFaultHandlersGateBecomesADoubleFaultOnItsOwnStack() {
    m.longMode("c60300"); // mov byte [rbx],0 with rbx unmapped
    m.mapPage(BareMetal.DATA, 0);
    m.put64(0x6000 + 16 * 14, 0); // no gate for page faults
    m.run();
    assertThat(m.vector()).isEqualTo(8);
    assertThat(m.registers().rsp()).isEqualTo(0x28000 - 48);
    assertThat(m.stacked(0)).isZero();
  }

  @Test
  void tripleFaultShutsDown() {
    m.longMode("0f0b");
    m.put64(0x6000 + 16 * 6, 0);
    m.put64(0x6000 + 16 * 13, 0);
    m.put64(0x6000 + 16 * 8, 0);
    assertThat(m.run().reason()).isEqualTo(SHUTDOWN);
  }

  @Test
  void interruptFromUserModeSwitchesToTheKernelStack() {
    // push 1bh; push 20000h; push 202h; push 23h; push 10100h; iretq
    m.longMode("6a1b 6800000200 6802020000 6a23 6800010100 48cf");
    m.load(BareMetal.CODE + 0x100, "cd80"); // int 80h
    m.run();
    assertThat(m.vector()).isEqualTo(0x80);
    assertThat(m.registers().rsp()).isEqualTo(0x24000 - 40);
    assertThat(m.stacked(0)).isEqualTo(BareMetal.CODE + 0x102);
    assertThat(m.stacked(1)).isEqualTo(BareMetal.USER_CODE);
    assertThat(m.stacked(4)).isEqualTo(BareMetal.USER_DATA);
  }

  @Test
  void userModeMayNotTouchSupervisorPagesOrExecutePrivileged() {
    m.longMode("6a1b 6800000200 6802020000 6a23 6800010100 48cf");
    m.load(BareMetal.CODE + 0x100, "8a03"); // mov al,[rbx]
    m.mapPage(BareMetal.DATA, BareMetal.DATA | 3);
    m.run();
    assertThat(m.vector()).isEqualTo(14);
    assertThat(m.stacked(0)).as("present, user").isEqualTo(5);
    BareMetal other = new BareMetal().longMode("6a1b 6800000200 6802020000 6a23 6800010100 48cf");
    other.load(BareMetal.CODE + 0x100, "f4");
    other.run();
    assertThat(other.vector()).isEqualTo(13);
  }

  @Test
  void unknownMsrIsTheMachinesToAnswerOrRefuse() {
    m.longMode("b91b000000 0f32 f4"); // mov ecx,1bh; rdmsr; hlt
    VcpuState start = m.cpu.state();
    VcpuExit exit = m.run();
    assertThat(exit.reason()).isEqualTo(MSR_READ);
    assertThat(exit.address()).isEqualTo(0x1b);
    m.cpu.complete(0x1_fee00900L);
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.registers().rax()).isEqualTo(0xfee00900L);
    assertThat(m.registers().rdx()).isEqualTo(1);
    m.cpu.setState(start);
    m.run();
    m.cpu.refuse();
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.vector()).isEqualTo(13);
    assertThat(m.stacked(1)).isEqualTo(BareMetal.CODE + 5);
  }

  @Test
  void interruptsWaitForTheWindowBehindTheShadowOfSti() {
    m.longMode("90 fb 90 90 f4"); // nop; sti; nop; nop; hlt
    assertThat(m.cpu.canTakeInterrupt()).isFalse();
    m.cpu.requestInterruptWindow();
    assertThat(m.run().reason()).isEqualTo(INTERRUPT_WINDOW);
    assertThat(m.registers().rip()).isEqualTo(BareMetal.CODE + 3);
    m.cpu.injectInterrupt(0x41);
    assertThat(m.cpu.canTakeInterrupt()).isFalse();
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.vector()).isEqualTo(0x41);
    assertThat(m.stacked(0)).isEqualTo(BareMetal.CODE + 3);
  }

  @Test
  void nmiIsBlockedUntilIret() {
    m.longMode("90 90 f4");
    m.cpu.injectNmi();
    m.run();
    assertThat(m.vector()).isEqualTo(2);
    m.cpu.injectNmi();
    m.load(BareMetal.HANDLERS + 0x21, "48cf"); // after the handler's hlt: iretq
    m.vm.memoryWritten(BareMetal.HANDLERS + 0x21, 2);
    m.run();
    assertThat(m.vector()).as("the second NMI, after IRET").isEqualTo(2);
    assertThat(m.stacked(0)).isEqualTo(BareMetal.CODE);
  }

  @Test
  void budgetIsExact() {
    m.longMode("48ffc0 ebfb"); // inc rax; jmp -5
    assertThat(m.cpu.run(7).reason()).isEqualTo(BUDGET);
    assertThat(m.cpu.retired()).isEqualTo(7);
    assertThat(m.registers().rax()).isEqualTo(4);
    assertThat(m.cpu.tsc()).isEqualTo(7);
  }

  @Test
  void kickEndsARun() {
    m.longMode("ebfe"); // jmp $
    m.cpu.kick();
    assertThat(m.cpu.run(Long.MAX_VALUE / 2).reason()).isEqualTo(KICKED);
  }

  @Test
  void breakpointStopsBeforeItsInstructionAndLetsItPass() {
    m.longMode("90 90 f4");
    m.cpu.setBreakpoints(BareMetal.CODE + 1);
    assertThat(m.run().reason()).isEqualTo(BREAKPOINT);
    assertThat(m.registers().rip()).isEqualTo(BareMetal.CODE + 1);
    assertThat(m.run().reason()).isEqualTo(HALT);
  }

  @Test
  void cr8WritesTellTheMachine() {
    m.longMode("b805000000 440f22c0 f4"); // mov eax,5; mov cr8,rax
    VcpuExit exit = m.run();
    assertThat(exit.reason()).isEqualTo(TASK_PRIORITY);
    assertThat(exit.value()).isEqualTo(5);
    assertThat(m.run().reason()).isEqualTo(HALT);
  }

  @Test
  void syscallAndSysretUseTheirMsrs() {
    // mov ecx,c0000081h; xor eax,eax; mov edx,00130008h; wrmsr (STAR)
    // inc ecx; mov eax,10200h; xor edx,edx; wrmsr (LSTAR); mov ecx,10300h; mov r11d,202h; sysretq
    m.longMode(
        "b9810000c0 31c0 ba08001300 0f30 ffc1 b800020100 31d2 0f30 b900030100 41bb02020000 480f07");
    m.load(BareMetal.CODE + 0x200, "f4");
    m.load(BareMetal.CODE + 0x300, "0f05"); // syscall
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.registers().rip()).isEqualTo(BareMetal.CODE + 0x201);
    assertThat(m.registers().rcx()).isEqualTo(BareMetal.CODE + 0x302);
    assertThat(m.cpu.state().system().cs().selector()).isEqualTo(8);
  }

  @Test
  void protectedModeChecksSegmentLimits() {
    m.load(BareMetal.CODE, "a1fc0f0000 a1fd0f0000"); // mov eax,[ffch]; mov eax,[ffdh]
    var system =
        m.cpu
            .state()
            .system()
            .withCs(Segment.code32(8))
            .withData(new Segment(16, 0, 0xfff, 0x4093));
    m.cpu.setState(
        m.cpu
            .state()
            .with(system.withControl(0x11, 0, 0, 0))
            .with(m.registers().withRip(BareMetal.CODE)));
    assertThat(m.cpu.run(1).reason()).isEqualTo(BUDGET);
    assertThat(m.registers().rip()).isEqualTo(BareMetal.CODE + 5);
    assertThat(m.run().reason()).as("no IDT: #GP ends in a triple fault").isEqualTo(SHUTDOWN);
  }

  @Test
  void aRepeatedPortWriteComesBackAfterEachUnit() {
    // mov rcx,-1; mov esi,30000h; mov edx,80h; cld; rep outsb
    m.longMode("48c7c1ffffffff be00000300 ba80000000 fc f36e");
    for (int k = 0; k < 3; k++) {
      assertThat(m.run().reason()).isEqualTo(PORT_WRITE);
      assertThat(m.cpu.run(1).reason()).isEqualTo(BUDGET);
      assertThat(m.cpu.atInstructionBoundary()).as("the machine may act here").isTrue();
    }
    assertThat(m.registers().rcx()).isEqualTo(-4);
  }

  @Test
  void theGuestsTscOffsetSurvivesARestore() {
    // mov ecx,10h; mov eax,5000h; xor edx,edx; wrmsr; rdtsc; hlt
    m.longMode("b910000000 b800500000 31d2 0f30 0f31 f4");
    assertThat(m.cpu.run(4).reason()).isEqualTo(BUDGET);
    BareMetal other = new BareMetal().longMode("f4");
    other.cpu.setState(m.cpu.state());
    m.cpu.setTsc(100, 1);
    other.cpu.setTsc(100, 1);
    assertThat(other.cpu.tsc()).isEqualTo(m.cpu.tsc()).isGreaterThan(0x4f00);
  }

  @Test
  void performanceCountersThatCpuidDeniesAreUnknown() {
    m.longMode("b9040001c0 0f32 f4"); // mov ecx,c0010004h; rdmsr; hlt
    assertThat(m.run().reason()).isEqualTo(MSR_READ);
    m.cpu.refuse();
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.vector()).isEqualTo(13);
  }

  /** QEMU accepts these, and would not survive them: SDM vol. 3, 2.5. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0f20c0 480fbaf01f 0f22c0", // CR0.PG off in 64-bit mode
        "0f20c0 480fbaf000 0f22c0", // CR0.PE off with PG
        "0f20e0 480fbaf005 0f22e0", // CR4.PAE off in long mode
        "0f20e0 480fbae80b 0f22e0", // CR4.UMIP, which CPUID does not show
        "0f20e0 480fbae80c 0f22e0", // five levels of tables, likewise
        "0f20e0 480fbae800 0f22e0", // virtual-8086 extensions, likewise
        "0f20e0 480fbae820 0f22e0", // bit 32 of CR4
        "0f20d8 480fbae834 0f22d8", // bit 52 of CR3
      })
  void controlBitsThatMayNotChange(String code) {
    m.longMode(code + " f4");
    assertThat(m.run().reason()).isEqualTo(HALT);
    assertThat(m.vector()).isEqualTo(13);
    assertThat(m.stacked(1)).as("the move itself").isEqualTo(BareMetal.CODE + 8);
  }

  @Test
  void codeEndsWithItsSegment() {
    m.load(BareMetal.CODE + 0xffe, "90 90 90 90");
    var system =
        m.cpu
            .state()
            .system()
            .withCs(new Segment(8, BareMetal.CODE, 0xfff, 0x409b))
            .withData(Segment.data32(16));
    m.cpu.setState(
        m.cpu.state().with(system.withControl(0x11, 0, 0, 0)).with(m.registers().withRip(0xffe)));
    assertThat(m.cpu.run(2).reason()).isEqualTo(BUDGET);
    assertThat(m.run().reason()).as("#GP without an IDT").isEqualTo(SHUTDOWN);
    assertThat(m.registers().rip()).isEqualTo(0x1000);
  }

  @Test
  void stateSavedAndRestoredElsewhereGoesOnTheSame() {
    String loop = "48ffc0 480faf c3 4801c3 660fefc0 f20f2ac0 ebed".replace(" ", "");
    m.longMode(loop);
    m.cpu.run(1003);
    BareMetal other = new BareMetal().longMode(loop);
    other.cpu.setState(m.cpu.state());
    m.cpu.run(977);
    other.cpu.run(977);
    assertThat(other.cpu.state()).isEqualTo(m.cpu.state());
  }
}
