# Cases in 64-bit mode, and from there in compatibility mode and at privilege 3.

  .include "monitor64.S"

  .text

# ---------------------------------------------------------------- exceptions

CASE divide error
  xor %ecx, %ecx
  div %ecx
  END
CASE divide overflow
  mov $2, %edx
  mov $1, %ecx
  div %ecx
  END
CASE divide of the smallest by minus one
  movabs $0x8000000000000000, %rax
  cqo
  mov $-1, %rcx
  idiv %rcx
  END
CASE undefined
  ud2
  END
CASE undefined with LOCK
  .byte 0xf0
  mov %eax, %ebx
  END
CASE breakpoint is a trap
  int3
  END
CASE ICEBP is a trap
  .byte 0xf1
  END
CASE software interrupt
  int $0x55
  END
CASE software interrupt to a vector that pushes an error code
  int $13
  END
CASE software interrupt 8
  int $8
  END
CASE too long
  .rept 15
  .byte 0x66
  .endr
  nop
  END
CASE as long as allowed
  .rept 14
  .byte 0x66
  .endr
  nop
  END
CASE not canonical
  movabs $0x800000000000, %rax
  mov (%rax), %ecx
  END
CASE not canonical, from the other side
  movabs $0xffff7fffffffffff, %rax
  mov (%rax), %ecx
  END
CASE across the canonical boundary
  movabs $0x7ffffffffffc, %rax
  mov (%rax), %rcx
  END
CASE not canonical by the stack
  movabs $0x800000000000, %rbp
  mov (%rbp), %ecx
  END
CASE push to an address that is not canonical
  movabs $0x800000000000, %rsp
  push %rax
  END
CASE near jump to an address that is not canonical
  movabs $0x800000000000, %rax
  jmp *%rax
  END
CASE near call to an address that is not canonical
  movabs $0x800000000000, %rax
  call *%rax
  END
CASE return to an address that is not canonical
  movabs $0x800000000000, %rax
  push %rax
  ret
  END
CASE SSE operand that is not aligned
  movaps 1(%rbx), %xmm0
  END
CASE CMPXCHG16B that is not aligned
  cmpxchg16b 8(%rbx)
  END
CASE privileged instructions at privilege 3
  GUARD 1f
1:
  .irp name, hlt, cli, sti, clts, invd, wbinvd, rdmsr, wrmsr, swapgs, sysretq, sysexitl
  movq $1f, ctl_fixup
  TO_USER 2f
2:
  \name
  int $NEXT
1:
  .endr
  END
CASE privileged moves at privilege 3
  GUARD 1f
  .macro PRIVILEGED text:vararg
1:
  movq $1f, ctl_fixup
  TO_USER 2f
2:
  \text
  int $NEXT
  .endm
  PRIVILEGED mov %cr0, %rax
  PRIVILEGED mov %cr2, %rax
  PRIVILEGED mov %cr3, %rax
  PRIVILEGED mov %cr4, %rax
  PRIVILEGED mov %cr8, %rax
  PRIVILEGED mov %rax, %cr0
  PRIVILEGED mov %rax, %cr8
  PRIVILEGED mov %dr0, %rax
  PRIVILEGED mov %rax, %dr7
  PRIVILEGED lgdt (%rax)
  PRIVILEGED lidt (%rax)
  PRIVILEGED lldt %ax
  PRIVILEGED ltr %ax
  PRIVILEGED lmsw %ax
  PRIVILEGED invlpg (%rax)
  PRIVILEGED in $0x80, %al
  PRIVILEGED out %al, $0x80
  PRIVILEGED insb
  PRIVILEGED outsb
  PRIVILEGED xsetbv
  PRIVILEGED rdpmc
  PRIVILEGED sgdt (%rsp)
  PRIVILEGED sidt (%rsp)
  PRIVILEGED sldt %eax
  PRIVILEGED str %eax
  PRIVILEGED smsw %eax
  PRIVILEGED int $0x20
  PRIVILEGED int3
  PRIVILEGED .byte 0xf1
  PRIVILEGED int $14
1:
  END
CASE control registers that do not exist
  GUARD 1f
  .irp number, 1, 5, 6, 7, 9, 15
  movq $1f, ctl_fixup
  mov %cr\number, %rax
  int $NEXT
1:
  movq $1f, ctl_fixup
  mov %rax, %cr\number
  int $NEXT
1:
  .endr
  END
CASE control register bits
  .macro CONTROL register, value:vararg
  GUARD 1f
  mov \register, %rax
  movabs $\value, %rcx
  xor %rcx, %rax
  mov %rax, \register
  mov \register, %rax
  int $SHOW
  int $NEXT
1:
  .endm
  CONTROL %cr0, 0x20000000         # NW without CD
  CONTROL %cr0, 0x40000000         # CD
  CONTROL %cr0, 0x60000000
  CONTROL %cr0, 0x100000000
  CONTROL %cr0, 0x10               # ET stays
  CONTROL %cr0, 0x20               # NE
  CONTROL %cr0, 0x40000            # AM
  CONTROL %cr4, 0x4
  CONTROL %cr4, 0x100000           # SMEP
  CONTROL %cr4, 0x300000           # SMAP
  CONTROL %cr8, 0x3
  CONTROL %cr8, 0x10
  END
CASE EFER bits
  .macro EFER value
  GUARD 1f
  mov $0xc0000080, %ecx
  rdmsr
  xor $\value, %eax
  wrmsr
  rdmsr
  int $SHOW
  int $NEXT
1:
  .endm
  EFER 0x1
  EFER 0x1
  EFER 0x2
  EFER 0x100
  EFER 0x200
  EFER 0x400
  EFER 0x800
  EFER 0x1000
  EFER 0x8000
  END
CASE MSRs
  .macro MSR number, value
  GUARD 1f
  mov $\number, %ecx
  movabs $\value, %rax
  mov %rax, %rdx
  shr $32, %rdx
  wrmsr
  rdmsr
  shl $32, %rdx
  or %rdx, %rax
  int $SHOW
  int $NEXT
1:
  .endm
  MSR 0xc0000082, 0x7fffffffffff
  MSR 0xc0000100, 0x800000000000
  MSR 0xc0000101, 0xffff800000000000
  MSR 0xc0000102, 0xffff7fffffffffff
  MSR 0x277, 0x0606060606060606
  MSR 0x277, 0x0007040600070406
  MSR 0x277, 0x0307040600070406
  MSR 0x277, 0x0807040600070406
  MSR 0xc0000103, 0x12345678
  END

# ---------------------------------------------------------------- every selector, by every instruction

  .macro EACH_SELECTOR label
  xor %r8d, %r8d
\label:
  .endm
  .macro NEXT_SELECTOR label, step=1
  add $\step, %r8d
  cmp $GDT_LIMIT + 4, %r8d
  jb \label
  .endm

  .macro LOAD_CASE segment
  END
CASE selectors to \segment
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  mov %r8d, %\segment
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
  .endm
  LOAD_CASE ds
  LOAD_CASE fs
  LOAD_CASE ss
CASE selectors to DS at privilege 3
  GUARD 3f
  EACH_SELECTOR 1
1:
  TO_USER 2f
2:
  mov %r8d, %eax
  int $ITEM
  mov %r8d, %ds
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
CASE selectors to SS at privilege 3
  GUARD 3f
  EACH_SELECTOR 1
1:
  TO_USER 2f
2:
  mov %r8d, %eax
  int $ITEM
  mov %r8d, %ss
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
CASE selectors to LDTR
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  lldt %ax
  sldt %eax
  int $SHOW
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
CASE selectors to TR
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  movb $0x89, GDT + 0x28 + 5
  movb $0x89, GDT + 0xf0 + 5
  ltr %ax
  str %eax
  int $SHOW
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END

  .macro INSPECT
  lar %r8d, %eax
  mov $0, %ecx
  setz %cl
  or %ecx, %eax
  verr %r8w
  setz %cl
  shl $1, %ecx
  or %ecx, %eax
  verw %r8w
  setz %cl
  and $1, %ecx
  shl $2, %ecx
  or %ecx, %eax
  int $SHOW
  mov $0x55555555, %eax
  lsl %r8d, %eax
  int $SHOW
  .endm
CASE LAR LSL VERR VERW
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  mov $0x55555555, %eax
  INSPECT
  NEXT_SELECTOR 1b
  END
CASE LAR LSL VERR VERW at privilege 3
  TO_USER 1f
1:
  xor %r8d, %r8d
2:
  mov %r8d, %eax
  int $ITEM
  mov $0x55555555, %eax
  INSPECT
  NEXT_SELECTOR 2b
  END

  .macro FAR_CASE name, size, instruction
  END
CASE \name
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  movq $GATE_TARGET + USER, SCRATCH
  mov %r8d, SCRATCH + \size
  \instruction *SCRATCH
  int3
3:
  NEXT_SELECTOR 1b
  END
CASE \name at privilege 3
  GUARD 3f
  EACH_SELECTOR 1
1:
  movq $GATE_TARGET + USER, SCRATCH
  mov %r8d, SCRATCH + \size
  TO_USER 2f
2:
  mov %r8d, %eax
  int $ITEM
  \instruction *SCRATCH + USER
  int3
3:
  NEXT_SELECTOR 1b
  END
  .endm
  FAR_CASE "far jumps", 4, ljmpl
  FAR_CASE "far calls", 4, lcalll
CASE far returns
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  pushq $0x1b
  pushq $USER_STACK
  push %r8
  pushq $GATE_TARGET + USER
  lretq
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt returns
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  pushq $0x1b
  pushq $USER_STACK
  pushq $2
  push %r8
  pushq $GATE_TARGET + USER
  iretq
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt returns with any stack
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  push %r8
  pushq $USER_STACK
  pushq $2
  pushq $0x23
  pushq $GATE_TARGET + USER
  iretq
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt returns to privilege 0 with any stack
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  push %r8
  pushq $LOW_STACK
  pushq $2
  pushq $8
  pushq $GATE_TARGET + USER
  iretq
3:
  NEXT_SELECTOR 1b
  END
CASE returns to an address that is not canonical
  GUARD 1f
  movabs $0x800000000000, %rcx
  pushq $0x1b
  pushq $USER_STACK
  pushq $2
  pushq $0x23
  push %rcx
  iretq
1:
  movq $1f, ctl_fixup
  movabs $0x800000000000, %rcx
  pushq $0x10
  pushq $LOW_STACK
  pushq $2
  pushq $0x8
  push %rcx
  iretq
1:
  movq $1f, ctl_fixup
  movabs $0x800000000000, %rcx
  pushq $0x1b
  pushq $USER_STACK
  pushq $0x23
  push %rcx
  lretq
1:
  END

# ---------------------------------------------------------------- interrupts
CASE interrupt gates of every type
  GUARD 3f
  xor %r8d, %r8d
1:
  mov %r8d, %eax
  int $ITEM
  mov %r8b, IDT + 16 * 0x50 + 5
  int $0x50
3:
  inc %r8d
  cmp $0x100, %r8d
  jne 1b
  END
CASE interrupt gates of every type at privilege 3
  GUARD 3f
  xor %r8d, %r8d
1:
  mov %r8b, IDT + 16 * 0x50 + 5
  TO_USER 2f
2:
  mov %r8d, %eax
  int $ITEM
  int $0x50
3:
  inc %r8d
  cmp $0x100, %r8d
  jne 1b
  END
CASE interrupt gates to every selector
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  mov %r8w, IDT + 16 * 0x50 + 2
  int $0x50
3:
  NEXT_SELECTOR 1b
  END
CASE exceptions to every selector
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %r8d, %eax
  int $ITEM
  mov %r8w, IDT + 16 * 6 + 2
  ud2
3:
  NEXT_SELECTOR 1b
  END
CASE interrupts beyond the table
  movw $16 * 0x50 + 14, SCRATCH
  movq $IDT, SCRATCH + 2
  lidt SCRATCH
  int $0x50
  END
CASE exception beyond the table
  movw $16 * 16 + 14, SCRATCH
  movq $IDT, SCRATCH + 2
  lidt SCRATCH
  movl $0x37b, SCRATCH
  fldcw SCRATCH
  fld1
  fldz
  fdivrp
  fwait
  END
CASE a page fault in the handler of a page fault
  movb $0, IDT + 16 * 14 + 5
  movabs $TEST, %r10
  movq $0, PT_TEST
  mov (%r10), %al
  END
CASE IST
  movb $1, IDT + 16 * 6 + 4
  ud2
  END
CASE IST at privilege 3
  movb $1, IDT + 16 * 6 + 4
  TO_USER 1f
1:
  ud2
  END
CASE stack of the outer privilege is aligned
  movq $RING0_STACK - 9, TSS + 4
  TO_USER 1f
1:
  ud2
  END
CASE stack of the same privilege is aligned
  sub $9, %rsp
  ud2
  END
CASE IST that is not canonical
  movabs $0x800000000000, %rcx
  mov %rcx, TSS + 0x24
  movb $1, IDT + 16 * 6 + 4
  ud2
  END
CASE stack pointer of the TSS beyond its limit
  movw $0x23, GDT + TSS_SELECTOR
  movb $0x89, GDT + TSS_SELECTOR + 5
  mov $TSS_SELECTOR, %eax
  ltr %ax
  movb $1, IDT + 16 * 6 + 4
  movb $0, IDT + 16 * 8 + 4
  ud2
  END
CASE conforming handler keeps the privilege
  movw $0x48, IDT + 16 * 6 + 2
  movabs $stubs + 16 * 6 + USER, %rcx
  mov %cx, IDT + 16 * 6
  shr $16, %rcx
  mov %cx, IDT + 16 * 6 + 6
  TO_USER 1f
1:
  ud2
  END
CASE flags in an interrupt gate and in a trap gate
  SURVIVE 4
  pushq $0x43202
  popfq
  int $0x50
  pushfq
  pop %rcx
  movb $0x8f, IDT + 16 * 0x50 + 5
  int $0x50
  pushfq
  pop %rcx
  pushq $2
  popfq
  END
CASE flags as seen by a trap gate
  movb $0x8f, IDT + 16 * 0x50 + 5
  movl $handler_shows_flags, %ecx
  mov %cx, IDT + 16 * 0x50
  shr $16, %ecx
  mov %cx, IDT + 16 * 0x50 + 6
  pushq $0x47202
  popfq
  int $0x50
  pushfq
  pop %rax
  pushq $2
  popfq
  int $SHOW
  END
handler_shows_flags:
  pushfq
  pop %rax
  int $SHOW
  iretq
CASE POPF at privilege 3
  SURVIVE 10
  TO_USER 1f
1:
  pushq $0x3f7fd7 & ~0x100
  popfq
  int $NEXT
  pushq $0
  popfq
  int $NEXT
  pushq $-1 & ~0x100
  popfw
  END
CASE POPF at privilege 3 with IOPL 3
  SURVIVE 10
  TO_USER 1f, flags=0x3002
1:
  pushq $0x3f4fd7 & ~0x100
  popfq
  cli
  int $NEXT
  pushq $0x3202
  popfq
  cli
  int $NEXT
  sti
  cli
  in $0x80, %al
  mov $0, %eax
  END
CASE IRET to privilege 3 sets every flag it may
  TO_USER 1f, flags=0x247ed7
1:
  END
CASE IRET with NT
  pushq $0x4002
  popfq
  pushq $0x10
  pushq $LOW_STACK
  pushq $2
  pushq $8
  pushq $GATE_TARGET
  iretq
CASE IRETD and IRETW
  GUARD 1f
  sub $20, %rsp
  movl $GATE_TARGET, (%rsp)
  movl $8, 4(%rsp)
  movl $2, 8(%rsp)
  movl $LOW_STACK, 12(%rsp)
  movl $0x10, 16(%rsp)
  iretl
1:
  movq $1f, ctl_fixup
  sub $20, %rsp
  movl $GATE_TARGET + USER, (%rsp)
  movl $0x43, 4(%rsp)
  movl $2, 8(%rsp)
  movl $USER_STACK, 12(%rsp)
  movl $0x1b, 16(%rsp)
  iretl
1:
  END

  .macro SELF_INTERRUPT vector
  movl $0x44000 | \vector, APIC + 0x300
  .endm
  .macro APIC_END
  movl $0, APIC + 0xb0
  .endm
CASE external interrupt after STI and one more instruction
  SELF_INTERRUPT 0x50
  sti
  inc %ecx
  inc %edx
  END
CASE STI holds back only the first time
  sti
  SELF_INTERRUPT 0x50
  sti
  inc %ecx
  END
CASE STI CLI lets nothing in
  SELF_INTERRUPT 0x50
  sti
  cli
  inc %ecx
  sti
  inc %edx
  inc %edx
  END
CASE MOV SS holds back
  SELF_INTERRUPT 0x50
  mov $0x10, %eax
  sti
  mov %eax, %ss
  inc %ecx
  inc %edx
  END
CASE POPF does not hold back
  SELF_INTERRUPT 0x50
  pushq $0x202
  popfq
  inc %ecx
  END
CASE IRET does not hold back
  SELF_INTERRUPT 0x50
  pushq $0x10
  pushq $LOW_STACK
  pushq $0x202
  pushq $8
  pushq $1f
  iretq
1:
  inc %ecx
  END
CASE higher priority first
  SELF_INTERRUPT 0x50
  SELF_INTERRUPT 0x70
  SURVIVE 3
  sti
  nop
  movq $1, ctl_hide                # when the next one comes is the machine's affair
  APIC_END
  jmp 1f
1:
  nop
  cli
  END
CASE task priority holds back
  mov $6, %eax
  mov %rax, %cr8
  SELF_INTERRUPT 0x50
  SURVIVE 3
  sti
  inc %ecx
  inc %ecx
  xor %eax, %eax
  movq $1, ctl_hide
  mov %rax, %cr8
  jmp 1f
1:
  nop
  cli
  END
CASE HLT wakes at an interrupt
  SELF_INTERRUPT 0x50
  sti
  hlt
  inc %ecx
  END
CASE NMI in the middle, and none inside its handler
  SURVIVE 2
  movb $2, nmi_nested
  movl $nmi_handler, %ecx
  mov %cx, IDT + 16 * 2
  shr $16, %rcx
  mov %cx, IDT + 16 * 2 + 6
  movl $0x44400, APIC + 0x300
  jmp 1f
1:
  nop
  nop
  jmp 2f
2:
  mov nmi_log, %rcx
  END
nmi_nested:
  .byte 0
  .p2align 3
nmi_log:
  .quad 0
nmi_handler:
  shlq $4, nmi_log
  orq $1, nmi_log
  decb nmi_nested
  jz 1f
  movl $0x44400, APIC + 0x300      # waits for the IRET
  jmp 2f
2:
  nop
  nop
  shlq $4, nmi_log
  orq $2, nmi_log
  iretq
1:
  orq $4, nmi_log
  iretq

# ---------------------------------------------------------------- debug exceptions

  .macro SINGLE_STEP
  pushfq
  orq $0x100, (%rsp)
  popfq
  .endm
CASE single step
  SURVIVE 3
  SINGLE_STEP
  inc %ecx
  inc %ecx
  inc %ecx
  inc %ecx
  END
CASE single step over a branch, a repeated instruction, PUSHF and POPF
  SURVIVE 9
  mov $3, %ecx
  mov $SCRATCH, %edi
  SINGLE_STEP
  jmp 1f
  nop
1:
  rep stosb
  pushfq
  andq $~0x100, (%rsp)
  popfq
  inc %edx
  END
CASE single step over MOV SS
  SURVIVE 3
  mov $0x10, %eax
  SINGLE_STEP
  mov %eax, %ss
  inc %ecx
  inc %ecx
  inc %ecx
  END
CASE single step over STI and CLI
  SURVIVE 3
  SINGLE_STEP
  sti
  nop
  cli
  nop
  END
CASE single step into a software interrupt
  SURVIVE 2
  SINGLE_STEP
  int $0x55
  inc %ecx
  END
CASE single step at a fault
  SURVIVE 2
  movq $1f, ctl_fixup
  SINGLE_STEP
  ud2
1:
  inc %ecx
  END
CASE single step at privilege 3
  SURVIVE 2
  TO_USER 1f, flags=0x102
1:
  inc %ecx
  inc %ecx
  inc %ecx
  END
CASE single step into SYSCALL
  SURVIVE 2
  TO_USER 1f, flags=0x102
1:
  syscall
  END
CASE single step before an interrupt
  SELF_INTERRUPT 0x50
  SURVIVE 3
  pushq $0x302
  popfq
  inc %ecx
  inc %ecx
  END
CASE breakpoint on execution
  lea 1f(%rip), %rcx
  mov %rcx, %dr0
  mov $0x402, %eax
  mov %rax, %dr7
  inc %edx
1:
  inc %edx
  END
CASE breakpoint on execution passed by RF
  SURVIVE 2
  lea 1f(%rip), %rcx
  mov %rcx, %dr1
  mov $0x404, %eax
  mov %rax, %dr7
  pushq $0x10
  pushq $LOW_STACK
  pushq $0x10002
  pushq $8
  pushq $1f
  iretq
1:
  inc %edx
  dec %esi
  jnz 2f
2:
  jmp 1b
  END
CASE breakpoint on writes
  SURVIVE 3
  mov $SCRATCH + 8, %ecx
  mov %rcx, %dr2
  mov $0x0d000420, %eax
  mov %rax, %dr7
  movl $1, SCRATCH + 4
  movl $1, SCRATCH + 8
  inc %edx
  mov SCRATCH + 8, %eax
  movb $1, SCRATCH + 11
  movb $1, SCRATCH + 12
  movq $1, SCRATCH + 5
  inc %edx
  END
CASE breakpoint on reads and writes
  SURVIVE 6
  mov $SCRATCH + 8, %ecx
  mov %rcx, %dr3
  mov $0xb0000480, %eax
  mov %rax, %dr7
  movl $1, SCRATCH + 4
  movl $1, SCRATCH + 8
  mov SCRATCH + 8, %eax
  mov SCRATCH + 16, %eax
  mov SCRATCH + 9, %al
  mov $SCRATCH + 8, %esi
  mov $SCRATCH + 32, %edi
  movsb
  push SCRATCH + 8
  END
CASE breakpoint of two bytes matches any overlap
  SURVIVE 6
  mov $SCRATCH + 8, %ecx
  mov %rcx, %dr0
  mov $0x00070402, %eax
  mov %rax, %dr7
  movq $1, SCRATCH + 2
  movb $1, SCRATCH + 9
  movb $1, SCRATCH + 10
  END
CASE breakpoint of eight bytes
  SURVIVE 6
  mov $SCRATCH + 8, %ecx
  mov %rcx, %dr0
  mov $0x00090402, %eax
  mov %rax, %dr7
  movb $1, SCRATCH + 15
  movb $1, SCRATCH + 16
  END
CASE two breakpoints at once
  SURVIVE 6
  mov $SCRATCH + 8, %ecx
  mov %rcx, %dr0
  mov %rcx, %dr1
  mov %rcx, %dr2
  mov $0x0d110422, %eax
  mov %rax, %dr7
  movl $1, SCRATCH + 8
  inc %edx
  END
CASE breakpoint on a port
  SURVIVE 6
  mov $8, %eax
  mov %cr4, %rcx
  or %rcx, %rax
  mov %rax, %cr4
  mov $0x80, %ecx
  mov %rcx, %dr0
  mov $0x00020402, %eax
  mov %rax, %dr7
  mov $0, %eax
  out %al, $0x80
  out %al, $0x81
  inc %edx
  END
CASE general detect
  mov $0x2400, %eax
  mov %rax, %dr7
  mov %dr0, %rcx
  END
CASE debug register bits
  GUARD 1f
  movabs $0x123456789abcdef0, %rax
  mov %rax, %dr0
  mov %dr0, %rax
  int $SHOW
  mov $0xffffffff, %eax
  mov %rax, %dr6
  mov %dr6, %rax
  int $SHOW
  xor %eax, %eax
  mov %rax, %dr6
  mov %dr6, %rax
  int $SHOW
  mov $0xffffdc00, %eax
  mov %rax, %dr7
  mov %dr7, %rax
  int $SHOW
  mov %dr5, %rax
  int $SHOW
  xor %eax, %eax
  mov %rax, %dr7
  mov %dr7, %rax
  int $SHOW
  movabs $0x100000000, %rax
  mov %rax, %dr7
  int $NEXT
1:
  movq $1f, ctl_fixup
  movabs $0x100000000, %rax
  mov %rax, %dr6
  int $NEXT
1:
  movq $1f, ctl_fixup
  mov %cr4, %rax
  or $8, %rax
  mov %rax, %cr4
  mov %dr4, %rax
  int $NEXT
1:
  END

# ---------------------------------------------------------------- system calls
CASE SYSCALL
  SURVIVE 1
  TO_USER 1f, flags=0xcd7
1:
  syscall
  END
CASE SYSCALL at privilege 0
  syscall
  END
CASE SYSCALL without EFER.SCE
  mov $0xc0000080, %ecx
  mov $0x900, %eax
  xor %edx, %edx
  wrmsr
  TO_USER 1f
1:
  syscall
  END
CASE SYSCALL in compatibility mode
  TO_USER 1f, cs=0x43
1:
  syscall
  END
CASE SYSRETQ
  mov $1f + USER, %ecx
  mov $0x247ed7, %r11d
  sysretq
1:
  mov %ss, %eax
  mov %cs, %edx
  END
CASE SYSRETL
  mov $1f + USER, %ecx
  mov $0x202, %r11d
  sysretl
1:
  mov %ss, %eax
  mov %cs, %edx
  END
CASE SYSENTER in long mode
  mov $0x174, %ecx
  mov $8, %eax
  xor %edx, %edx
  wrmsr
  TO_USER 1f
1:
  sysenter
  END
CASE SYSENTER in compatibility mode
  mov $0x174, %ecx
  mov $8, %eax
  xor %edx, %edx
  wrmsr
  TO_USER 1f, cs=0x43
1:
  sysenter
  END
CASE SWAPGS
  mov $0xc0000101, %ecx
  mov $0x1234, %eax
  xor %edx, %edx
  wrmsr
  inc %ecx
  mov $0x5678, %eax
  wrmsr
  swapgs
  rdmsr
  int $SHOW
  dec %ecx
  rdmsr
  int $SHOW
  swapgs
  rdmsr
  int $SHOW
  END
CASE bases of FS and GS
  mov %cr4, %rax
  or $0x10000, %rax
  mov %rax, %cr4
  GUARD 1f
  mov $SCRATCH, %ecx
  wrfsbase %rcx
  movq $0x77, SCRATCH + 8
  mov %fs:8, %rax
  int $SHOW
  mov $0x18, %eax
  mov %eax, %fs
  rdfsbase %rax
  int $SHOW
  mov $SCRATCH, %ecx
  wrgsbase %rcx
  xor %eax, %eax
  mov %eax, %gs
  rdgsbase %rax
  int $SHOW
  movabs $0x800000000000, %rax
  wrgsbase %rax
  int $NEXT
1:
  END
CASE FSGSBASE is off
  rdfsbase %rax
  END
CASE RDTSCP and RDTSC with TSD
  GUARD 1f
  mov %cr4, %rax
  or $4, %rax
  mov %rax, %cr4
  TO_USER 2f
2:
  rdtsc
  int $NEXT
1:
  movq $1f, ctl_fixup
  TO_USER 2f
2:
  rdtscp
  int $NEXT
1:
  rdtscp
  mov %ecx, %eax
  int $SHOW
  END

# ---------------------------------------------------------------- compatibility mode
CASE compatibility mode cannot see the upper half
  TO_USER 1f, cs=0x43
1:
  .code32
  inc %eax
  dec %ecx
  mov $-1, %edx
  push %eax
  END
  .code64
CASE compatibility mode decodes as 32 bits
  SURVIVE 4
  TO_USER 1f, cs=0x43
1:
  .code32
  movl $SCRATCH, %ebp
  mov %ds, %eax
  mov $0x1b, %eax
  mov %eax, %ds
  mov $0x12345678, %eax
  mov %eax, SCRATCH + USER
  aam
  into
  bound %eax, SCRATCH + USER
  .code64
CASE compatibility mode far jump to 64 bits
  TO_USER 1f, cs=0x43
1:
  .code32
  ljmp $0x23, $2f + USER
2:
  .code64
  mov $-1, %rcx
  END
CASE compatibility mode ends at 4 GiB
  TO_USER 1f, cs=0x43
1:
  .code32
  mov $0x1b, %eax
  mov %eax, %ds
  mov $0xfffffffe, %ecx
  mov (%ecx), %eax
  .code64
CASE data segment limits count in compatibility mode
  TO_USER 1f, cs=0x43
1:
  .code32
  mov $0x13b, %eax
  mov %eax, %es
  .code64
CASE null DS in compatibility mode
  TO_USER 1f, cs=0x43
1:
  .code32
  xor %eax, %eax
  mov %eax, %ds
  mov %ds:0x40500000, %ecx
  .code64
CASE LAHF PUSHA and others that 64-bit mode dropped
  .macro DROPPED bytes:vararg
1:
  inc %r8d
  mov %r8d, %eax
  int $ITEM
  movq $1f, ctl_fixup
  .byte \bytes
  int $NEXT
  .endm
  xor %r8d, %r8d
  GUARD 1f
  DROPPED 0x06
  DROPPED 0x0e
  DROPPED 0x1f
  DROPPED 0x27
  DROPPED 0x2f
  DROPPED 0x37
  DROPPED 0x3f
  DROPPED 0x60
  DROPPED 0x61
  DROPPED 0x82, 0xc0, 0x00
  DROPPED 0x9a, 0, 0, 0, 0, 8, 0
  DROPPED 0xce
  DROPPED 0xd4, 0x0a
  DROPPED 0xd5, 0x0a
  DROPPED 0xd6
  DROPPED 0xea, 0, 0, 0, 0, 8, 0
  DROPPED 0x0f, 0x04
  DROPPED 0x0f, 0xff, 0xc0
  DROPPED 0x0f, 0x0a
  DROPPED 0x0f, 0x24, 0xc0
  DROPPED 0x0f, 0x36
  DROPPED 0x0f, 0x7a
  DROPPED 0xc5, 0xf8, 0x77
  DROPPED 0x8f, 0xe0, 0x00
  DROPPED 0xfe, 0xd0
  DROPPED 0xff, 0xf8
  DROPPED 0x8e, 0xc8
  DROPPED 0x8c, 0xf0
  DROPPED 0x0f, 0xae, 0xd0
  DROPPED 0x0f, 0xc7, 0xc0
1:
  END

# ---------------------------------------------------------------- paging

# R8 pages' bits, R9 upper bits; each of them with every kind of access
CASE page rights
  GUARD 3f
  movabs $TEST, %r10
  movb $0xc3, PAGE                 # RET, to be executed
  xor %r8d, %r8d
1:
  mov %r8d, %eax
  int $ITEM
  .macro SET_TABLES
  mov %r8d, %eax                   # bits 0 to 2: P, RW, US of the page; 3: NX
  and $7, %eax
  or $PAGE, %eax
  mov %r8, %rcx
  and $8, %ecx
  shl $60, %rcx
  or %rcx, %rax
  mov %rax, PT_TEST
  mov %r8d, %eax                   # bits 4 to 7: the same of the table
  shr $4, %eax
  and $7, %eax
  or $PT_TEST, %eax
  mov %r8, %rcx
  and $0x80, %ecx
  shl $56, %rcx
  or %rcx, %rax
  mov %rax, PD_TEST
  invlpg (%r10)
  .endm
  .macro ACCESS text:vararg
  SET_TABLES
  movq $3f, ctl_fixup
  \text
  int $NEXT
3:
  .endm
  .macro USER_ACCESS text:vararg
  SET_TABLES
  movq $3f, ctl_fixup
  TO_USER 4f
4:
  \text
  int $NEXT
3:
  .endm
  .macro ALL_ACCESSES
  ACCESS testb $1, (%r10)
  mov PT_TEST, %rax
  int $SHOW
  ACCESS movb $0xc3, (%r10)
  mov PT_TEST, %rax
  int $SHOW
  mov PD_TEST, %rax
  int $SHOW
  ACCESS call *%r10
  USER_ACCESS testb $1, (%r10)
  USER_ACCESS movb $0xc3, (%r10)
  mov PT_TEST, %rax
  int $SHOW
  USER_ACCESS call *%r10
  .endm
  ALL_ACCESSES
  inc %r8d
  cmp $256, %r8d
  jne 1b
  END

  .macro RIGHTS_CASE name, cr0, cr4, flags=2
  END
CASE page rights \name
  GUARD 3f
  mov %cr0, %rax
  xor $\cr0, %rax
  mov %rax, %cr0
  mov %cr4, %rax
  or $\cr4, %rax
  mov %rax, %cr4
  movabs $TEST, %r10
  movb $0xc3, PAGE
  xor %r8d, %r8d
1:
  mov %r8d, %eax
  int $ITEM
  ACCESS testb $1, (%r10)
  .if \flags != 2
  pushq $\flags
  popfq
  ACCESS testb $1, (%r10)
  pushq $\flags
  popfq
  ACCESS movb $0xc3, (%r10)
  .endif
  ACCESS movb $0xc3, (%r10)
  mov PT_TEST, %rax
  int $SHOW
  ACCESS call *%r10
  USER_ACCESS movb $0xc3, (%r10)
  inc %r8d
  test $8, %r8d
  jz 1b
  add $8, %r8d
  cmp $128, %r8d
  jb 1b
  END
  .endm
  RIGHTS_CASE "without WP", 0x10000, 0
  RIGHTS_CASE "with SMEP", 0, 0x100000
  RIGHTS_CASE "with SMAP", 0, 0x200000
  RIGHTS_CASE "with SMAP and AC", 0, 0x200000, 0x40002
CASE reserved bits
  GUARD 3f
  movabs $TEST, %r10
  xor %r8d, %r8d
1:
  mov %r8d, %eax
  int $ITEM
  .macro WITH_BIT entry, value, other=0
  movq $3f, ctl_fixup
  mov %r8d, %ecx
  mov $1, %eax
  shl %cl, %rax
  or $\value, %rax
  mov %rax, \entry
  invlpg (%r10)
  testb $1, (%r10)
  mov \entry, %rax
  int $SHOW
  int $NEXT
3:
  .endm
  WITH_BIT PT_TEST, PAGE + 7
  movq $PAGE + 7, PT_TEST
  cmp $12, %r8d                    # a table elsewhere would be another case
  jb 2f
  cmp $40, %r8d
  jb 4f
2:
  cmp $7, %r8d
  je 4f
  WITH_BIT PD_TEST, PT_TEST + 7
  movq $PT_TEST + 7, PD_TEST
  WITH_BIT PDPT + 32, PD_TEST + 7
  movq $PD_TEST + 7, PDPT + 32
4:
  WITH_BIT PD_TEST, 0x400087
  movq $PT_TEST + 7, PD_TEST
  WITH_BIT PDPT + 32, 0x87
  movq $PD_TEST + 7, PDPT + 32
  inc %r8d
  cmp $64, %r8d
  jne 1b
  END
CASE reserved bits without NXE
  mov $0xc0000080, %ecx
  mov $0x101, %eax
  xor %edx, %edx
  wrmsr
  movabs $TEST, %r10
  movabs $0x8000000000000007 + PAGE, %rax
  mov %rax, PT_TEST
  testb $1, (%r10)
  END
CASE a fetch fault without NXE and SMEP
  mov $0xc0000080, %ecx
  mov $0x101, %eax
  xor %edx, %edx
  wrmsr
  movabs $TEST, %r10
  movq $0, PT_TEST
  jmp *%r10
  END
CASE large page bit in the top level
  movabs $TEST, %r10
  movabs $0x8000000000, %r10
  movq $PDPT + 0x87, PML4 + 8
  testb $1, (%r10)
  END
CASE a large page of 1 GiB
  movq $0x87, PDPT + 32
  movq $0x4242, SCRATCH + 8
  mov %cr3, %rax
  mov %rax, %cr3
  movabs $TEST + SCRATCH + 8, %r10
  mov (%r10), %rax
  int $SHOW
  mov PDPT + 32, %rax
  int $SHOW
  mov %rax, (%r10)
  mov PDPT + 32, %rax
  int $SHOW
  END
CASE an access across two pages faults at the second
  movabs $TEST + 0xffc, %r10
  movq $0, PT_TEST + 8
  movq $-1, PAGE + 0xff8
  SURVIVE 1
  movq $1f, ctl_fixup
  movq $0, (%r10)
1:
  mov PAGE + 0xff8, %rax
  int $SHOW
  mov PT_TEST, %rax
  int $SHOW
  END
CASE a write across two pages needs both
  movabs $TEST + 0xffc, %r10
  movq $PAGE + 5, PT_TEST + 8
  movq $-1, PAGE + 0xff8
  SURVIVE 1
  movq $1f, ctl_fixup
  lock addq $1, (%r10)
1:
  mov PAGE + 0xff8, %rax
  int $SHOW
  mov PT_TEST, %rax
  int $SHOW
  END
CASE an instruction across two pages faults at the second
  movabs $TEST + 0xffe, %r10
  movq $0, PT_TEST + 8
  movl $0xb8b8, PAGE + 0xffe
  jmp *%r10
  END
CASE INVLPG of one page of a table that changes
  movabs $TEST, %r10
  testb $1, (%r10)
  movq $0, PT_TEST
  invlpg 0x123(%r10)
  testb $1, (%r10)
  END
CASE a read-modify-write faults as a write
  movabs $TEST, %r10
  movq $0, PT_TEST
  orb $0, (%r10)
  END
CASE a CR3 load keeps global pages
  movabs $TEST, %r10
  movq $PAGE + 0x107, PT_TEST
  testb $1, (%r10)
  movq $0, PT_TEST
  mov %cr3, %rax
  mov %rax, %cr3
  testb $1, (%r10)
  mov %cr4, %rax
  xor $0x80, %rax
  mov %rax, %cr4
  testb $1, (%r10)
  END
CASE a rights upgrade needs no flush
  movabs $TEST, %r10
  movq $PAGE + 1, PT_TEST
  testb $1, (%r10)
  movq $PAGE + 7, PT_TEST
  movb $1, (%r10)
  movq $PAGE + 7, PT_TEST
  END
CASE a string instruction faults half-way
  movabs $TEST + 0xff0, %rdi
  movq $0, PT_TEST + 8
  mov $0x30, %ecx
  rep stosb
  END
CASE a compare that faults half-way
  movabs $TEST + 0xff0, %rdi
  movq $0, PT_TEST + 8
  mov $SCRATCH, %esi
  mov $0x30, %ecx
  repe cmpsb
  END
CASE POP to memory that faults leaves RSP
  movabs $TEST + 0x1000, %r10
  movq $0, PT_TEST + 8
  pop (%r10)
  END
CASE PUSH from memory that faults leaves RSP
  movabs $TEST + 0x1000, %r10
  movq $0, PT_TEST + 8
  push (%r10)
  END
CASE ENTER that faults
  movabs $TEST + 0x1008, %rsp
  movq $PAGE + 5, PT_TEST
  movabs $TEST + 0x2000, %rbp
  enter $16, $2
  END
CASE a CALL that cannot push
  movabs $TEST + 8, %rsp
  movq $PAGE + 1, PT_TEST
  call 1f
1:
  END
CASE FXRSTOR across a missing page
  movabs $TEST + 0xf00, %r10
  movq $0, PT_TEST + 8
  fxrstor (%r10)
  END
CASE CMPXCHG writes even if it fails
  movabs $TEST, %r10
  movq $PAGE + 1, PT_TEST
  cmpxchg %ecx, (%r10)
  END
CASE CMPXCHG8B writes even if it fails
  movabs $TEST, %r10
  movq $PAGE + 1, PT_TEST
  cmpxchg8b (%r10)
  END
CASE BT does not write
  movabs $TEST, %r10
  movq $PAGE + 1, PT_TEST
  btl $1, (%r10)
  btsl $1, (%r10)
  END
CASE shift by zero writes
  movabs $TEST, %r10
  movq $PAGE + 1, PT_TEST
  xor %ecx, %ecx
  shll %cl, (%r10)
  END
CASE CMOV reads in any case
  movabs $TEST, %r10
  movq $0, PT_TEST
  test %esp, %esp
  cmovz (%r10), %eax
  END

# ---------------------------------------------------------------- x87, SSE
CASE x87 with EM
  mov %cr0, %rax
  or $4, %rax
  mov %rax, %cr0
  fld1
  END
CASE x87 with TS
  mov %cr0, %rax
  or $8, %rax
  mov %rax, %cr0
  fld1
  END
CASE FWAIT with TS alone
  mov %cr0, %rax
  and $~2, %rax
  or $8, %rax
  mov %rax, %cr0
  fwait
  END
CASE FWAIT with TS and MP
  mov %cr0, %rax
  or $8, %rax
  mov %rax, %cr0
  fwait
  END
CASE SSE with TS
  mov %cr0, %rax
  or $8, %rax
  mov %rax, %cr0
  addps %xmm0, %xmm1
  END
CASE SSE with EM
  mov %cr0, %rax
  or $4, %rax
  mov %rax, %cr0
  addps %xmm0, %xmm1
  END
CASE SSE without OSFXSR
  mov %cr4, %rax
  and $~0x200, %rax
  mov %rax, %cr4
  addps %xmm0, %xmm1
  END
CASE MMX with EM
  mov %cr0, %rax
  or $4, %rax
  mov %rax, %cr0
  paddb %mm0, %mm1
  END
CASE FXSAVE with TS
  mov %cr0, %rax
  or $8, %rax
  mov %rax, %cr0
  fxsave SCRATCH
  END
CASE FXSAVE that is not aligned
  fxsave SCRATCH + 8
  END
CASE MOVNTI with TS
  mov %cr0, %rax
  or $8, %rax
  mov %rax, %cr0
  movnti %eax, SCRATCH
  sfence
  END
CASE an x87 exception comes with the next instruction
  movl $0x37b, SCRATCH             # zero divide not masked
  fldcw SCRATCH
  fld1
  fldz
  fdivrp
  nop
  fnstsw %ax
  fnstcw SCRATCH + 8
  fld1
  END
CASE an x87 exception at FWAIT
  movl $0x37b, SCRATCH
  fldcw SCRATCH
  fld1
  fldz
  fdivrp
  fwait
  END
CASE an x87 exception at an MMX instruction
  movl $0x37b, SCRATCH
  fldcw SCRATCH
  fld1
  fldz
  fdivrp
  paddb %mm0, %mm1
  END
CASE an x87 exception does not come at FNINIT
  movl $0x37b, SCRATCH
  fldcw SCRATCH
  fld1
  fldz
  fdivrp
  fnclex
  fnstsw %ax
  fninit
  fld1
  END
CASE unmasking a pending x87 exception
  fld1
  fldz
  fdivrp
  movl $0x37b, SCRATCH
  fldcw SCRATCH
  fnstsw %ax
  mov %eax, %ecx
  fld1
  END
CASE an SSE exception
  movl $0x1d80, SCRATCH
  ldmxcsr SCRATCH
  mov $0x3f800000, %eax
  movd %eax, %xmm0
  xorps %xmm1, %xmm1
  divss %xmm1, %xmm0
  END
CASE an SSE exception leaves the destination
  movl $0x1d80, SCRATCH
  ldmxcsr SCRATCH
  mov $0x3f800000, %eax
  movd %eax, %xmm0
  xorps %xmm1, %xmm1
  SURVIVE 1
  movq $1f, ctl_fixup
  divss %xmm1, %xmm0
1:
  movd %xmm0, %eax
  int $SHOW
  stmxcsr SCRATCH
  mov SCRATCH, %eax
  int $SHOW
  END
CASE MXCSR bits that do not exist
  movl $0x10000, SCRATCH
  ldmxcsr SCRATCH
  END
CASE FXRSTOR of MXCSR bits that do not exist
  fxsave SCRATCH
  movl $0x11f80, SCRATCH + 24
  fxrstor SCRATCH
  END
CASE XSAVE is off
  xor %edx, %edx
  xgetbv
  END

# ---------------------------------------------------------------- instructions at the edge
CASE an operand at the end of memory that wraps
  mov $-1, %rax
  mov (%rax), %ecx
  END
CASE an operand across the end of the address space
  mov $-4, %rax
  mov (%rax), %rcx
  END
CASE LOCK where it is not allowed
  xor %r8d, %r8d
  GUARD 1f
  .macro LOCKED bytes:vararg
1:
  inc %r8d
  mov %r8d, %eax
  int $ITEM
  movq $1f, ctl_fixup
  mov $SCRATCH, %ebx
  .byte 0xf0, \bytes
  int $NEXT
  .endm
  LOCKED 0x03, 0x03
  LOCKED 0x01, 0xc3
  LOCKED 0x39, 0x03
  LOCKED 0x0f, 0xa3, 0x03
  LOCKED 0x0f, 0xab, 0x03
  LOCKED 0x87, 0x03
  LOCKED 0x90
  LOCKED 0x0f, 0xc7, 0x0b
  LOCKED 0x0f, 0x20, 0xc0
1:
  END
CASE ENTER with every nesting level
  mov $1, %r8d
1:
  movq $LOW_STACK - 0x400, %rbp
  mov $LOW_STACK - 0x800, %esp
  enter $32, $5
  mov %rsp, %rax
  int $SHOW
  mov %rbp, %rax
  int $SHOW
  mov $LOW_STACK - 0x200, %esp
  END

  LAST_CASE

# ---------------------------------------------------------------- targets

syscall_target:
  mov %cs, %eax
  mov %ss, %edx
  int $DONE
syscall32_target:
  mov %cs, %esi
  mov %ss, %edx
  int $DONE
