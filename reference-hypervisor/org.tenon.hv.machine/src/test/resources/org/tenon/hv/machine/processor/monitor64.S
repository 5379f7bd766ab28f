# A monitor in 64-bit mode that runs the cases of long.S one after the other and prints on COM1 what the processor did.
#
# Before each case it puts back descriptor tables, page tables, control, debug and general registers. A case ends with
# the first event (interrupt or exception) that it did not ask to survive: the monitor prints the event, the frame and
# every register that the case has changed, and goes on with the next case. The page package-info.java of this package
# explains the words of a line.

  .set IMAGE, 0x200000
  .set PML4, 0x400000
  .set PDPT, 0x401000
  .set PD_LOW, 0x402000          # 0 to 16 MiB, identical, supervisor
  .set PD_ALIAS, 0x403000        # the same memory at USER, for every privilege
  .set PD_TEST, 0x405000         # the test area
  .set PT_TEST, 0x406000
  .set GATE_TARGET, IMAGE + 0x40
  .set GDT, 0x408000
  .set IDT, 0x409000
  .set TSS, 0x40a000
  .set LDT, 0x40b000
  .set PAGE, 0x40c000            # what the test area shows
  .set LOW_STACK, 0x500000
  .set RING0_STACK, 0x504000     # TSS.RSP0
  .set IST1_STACK, 0x508000
  .set IST2_STACK, 0x50c000
  .set USER_STACK_LOW, 0x510000
  .set MONITOR_STACK, 0x514000
  .set RING1_STACK, 0x518000
  .set SCRATCH, 0x51c000         # a page for the cases
  .set USER, 0x40000000
  .set USER_STACK, USER + USER_STACK_LOW
  .set TEST, 0x100000000         # mapped by PT_TEST[0] and [1]
  .set APIC, 0x1000000           # above the low 16 MiB

  .set TSS_SELECTOR, 0x28
  .set GDT_LIMIT, gdt_end - gdt_image - 1

  .set DONE, 0xff                # INT: end of a case
  .set SHOW, 0xfe                # INT: prints RAX and goes on
  .set NEXT, 0xfd                # INT: an event like any other
  .set ITEM, 0xfc                # INT: begins a line of its own for item RAX

  .set ONCE, 0                   # ctl_mode: the first event ends the case
  .set TRACE, 1                  # events are printed in full, and the program goes on, ctl_count times
  .set BRIEF, 2                  # events are printed as vector/error, and kernel code goes on at ctl_fixup

  .text
  .code32
header:
  .long 0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
  .long IMAGE, IMAGE, 0, 0, start32

  .org 0x40
gate_target:                       # where call gates lead
  int $NEXT

start32:
  mov $MONITOR_STACK, %esp
  mov $0xff, %al                   # no interrupts but the cases' own
  out %al, $0x21
  out %al, $0xa1
  mov $PML4, %edi
  mov $0x8000, %ecx
  xor %eax, %eax
  cld
  rep stosl
  movl $PDPT + 7, PML4
  movl $PD_LOW + 3, PDPT
  movl $PD_ALIAS + 7, PDPT + 8
  mov $PML4, %eax
  mov %eax, %cr3
  mov $0x6a0, %eax
  mov %eax, %cr4
  mov $0xc0000080, %ecx
  mov $0x901, %eax
  xor %edx, %edx
  wrmsr
  movl $PD_LOW + 7, PD_LOW         # for the few instructions until prepare has filled the tables
  movl $IMAGE + 0x83, PD_LOW + 8
  movl $0x400083, PD_LOW + 16
  mov $0x80010033, %eax
  mov %eax, %cr0
  lgdt boot_gdtr
  ljmp $8, $start64

boot_gdtr:
  .word GDT_LIMIT
  .long gdt_image, 0

  .code64
start64:
  mov $0x10, %eax
  mov %eax, %ss
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %fs
  mov %eax, %gs
  mov $MONITOR_STACK, %esp
  lea cases(%rip), %rbx

next_case:
  mov %rbx, current
  cmpq $0, (%rbx)
  je finished
  call prepare
  mov current, %rbx
  mov 0(%rbx), %rsi
  call print
  # All general registers are what `initial` says, the stack is the cases' own.
  mov 8(%rbx), %rax
  mov %rax, entry
  movq $LOW_STACK, %rsp
  push entry
  mov initial + 8 * 1, %rcx
  mov initial + 8 * 2, %rdx
  mov initial + 8 * 3, %rbx
  mov initial + 8 * 5, %rbp
  mov initial + 8 * 6, %rsi
  mov initial + 8 * 7, %rdi
  mov initial + 8 * 8, %r8
  mov initial + 8 * 9, %r9
  mov initial + 8 * 10, %r10
  mov initial + 8 * 11, %r11
  mov initial + 8 * 12, %r12
  mov initial + 8 * 13, %r13
  mov initial + 8 * 14, %r14
  mov initial + 8 * 15, %r15
  pushq $2
  popfq
  mov initial + 8 * 0, %rax
  ret

finished:
  lea end_text(%rip), %rsi
  call print
1:
  cli
  hlt
  jmp 1b

# Puts the machine into the state in which every case begins.
prepare:
  cli
  cld
  xor %eax, %eax
  mov %rax, %dr7
  movq $ONCE, ctl_mode
  movq $0, ctl_count
  movq $0, ctl_fixup
  movq $0, ctl_hide
  mov $0x80010033, %eax
  mov %rax, %cr0
  # Tables
  mov $PD_ALIAS, %edi
  mov $PAGE + 0x1000 - PD_ALIAS, %ecx
  call clear                       # every table but those that map the monitor
  mov $PD_LOW, %edi
  mov $0x83, %eax
  call map_16m
  mov $PD_ALIAS, %edi
  mov $0x87, %eax
  call map_16m
  movl $0xfee00093, PD_LOW + 8 * 8
  mov $PT_TEST + 7, %eax
  mov %rax, PD_TEST
  movq $PD_LOW + 3, PDPT
  movq $PD_ALIAS + 7, PDPT + 8
  movq $PD_TEST + 7, PDPT + 32
  movq $PDPT + 7, PML4
  movq $PAGE + 7, PT_TEST
  movq $PAGE + 7, PT_TEST + 8
  mov $PML4, %eax
  mov %rax, %cr3
  mov $0x620, %eax                 # without PGE: flushes everything
  mov %rax, %cr4
  mov $0x6a0, %eax
  mov %rax, %cr4
  mov $0xc0000080, %ecx
  mov $0x901, %eax
  xor %edx, %edx
  wrmsr
  # Descriptor tables
  lea gdt_image(%rip), %rsi
  mov $GDT, %edi
  mov $GDT_LIMIT + 1, %ecx
  rep movsb
  lea ldt_image(%rip), %rsi
  mov $LDT, %edi
  mov $64, %ecx
  rep movsb
  mov $IDT, %edi
  lea stubs(%rip), %rsi
  xor %ecx, %ecx
1:
  mov %rsi, %rax
  mov %ax, 0(%rdi)
  movw $8, 2(%rdi)
  movw $0x8e00, 4(%rdi)
  shr $16, %rax
  mov %ax, 6(%rdi)
  movq $0, 8(%rdi)
  add $16, %rdi
  add $16, %rsi
  inc %ecx
  cmp $256, %ecx
  jne 1b
  movb $2, IDT + 16 * 8 + 4        # double faults come on IST 2
  movb $0xee, IDT + 16 * DONE + 5
  movb $0xee, IDT + 16 * SHOW + 5
  movb $0xee, IDT + 16 * NEXT + 5
  movb $0xee, IDT + 16 * ITEM + 5
  movq $RING0_STACK, TSS + 4
  movq $RING1_STACK, TSS + 12
  movq $IST1_STACK, TSS + 0x24
  movq $IST2_STACK, TSS + 0x2c
  movw $104, TSS + 0x66
  lgdt gdtr
  lidt idtr
  mov $0x10, %eax
  mov %eax, %ss
  xor %eax, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %fs
  mov %eax, %gs
  pushq $8
  lea 1f(%rip), %rax
  push %rax
  lretq
1:
  mov $TSS_SELECTOR, %eax
  ltr %ax
  mov $0x78, %eax
  lldt %ax
  # Page and scratch contents
  mov $SCRATCH, %edi
  mov $0x200, %ecx
  xor %eax, %eax
  rep stosq
  # MSRs
  mov $0xc0000081, %ecx
  xor %eax, %eax
  mov $0x00130008, %edx
  wrmsr
  inc %ecx
  mov $syscall_target, %eax
  xor %edx, %edx
  wrmsr
  inc %ecx
  mov $syscall32_target, %eax
  wrmsr
  inc %ecx
  mov $0x4700, %eax
  wrmsr
  mov $0xc0000100, %ecx
  xor %eax, %eax
  wrmsr
  inc %ecx
  wrmsr
  inc %ecx
  wrmsr
  mov $0x174, %ecx
  wrmsr
  # x87, SSE, debug
  fninit
  movl $0x1f80, SCRATCH
  ldmxcsr SCRATCH
  movl $0, SCRATCH
  xor %eax, %eax
  mov %rax, %cr2
  mov %rax, %dr0
  mov %rax, %dr1
  mov %rax, %dr2
  mov %rax, %dr3
  mov $0xffff0ff0, %eax
  mov %rax, %dr6
  mov $0x400, %eax
  mov %rax, %dr7
  # local APIC on, nothing masked
  movl $0x1f0, APIC + 0xf0
  movl $0, APIC + 0x80
  movl $0, APIC + 0xb0
  movl $0, APIC + 0xb0
  ret

clear:                             # RDI, ECX bytes
  xor %eax, %eax
  shr $3, %ecx
  rep stosq
  ret

map_16m:                           # RDI page directory, EAX attributes: 2 MiB pages
  mov $8, %ecx
1:
  mov %rax, (%rdi)
  add $0x200000, %rax
  add $8, %rdi
  loop 1b
  ret

# ---------------------------------------------------------------- events

  .p2align 4
stubs:
  .set vector, 0
  .rept 256
  .p2align 4
  .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21)
  nop
  nop
  .else
  pushq $0
  .endif
  pushq $vector
  jmp event
  .set vector, vector + 1
  .endr

# Stack: vector, error, RIP, CS, RFLAGS, RSP, SS
event:
  mov %rax, saved + 8 * 0
  mov %rcx, saved + 8 * 1
  mov %rdx, saved + 8 * 2
  mov %rbx, saved + 8 * 3
  mov %rsp, saved + 8 * 4
  mov %rbp, saved + 8 * 5
  mov %rsi, saved + 8 * 6
  mov %rdi, saved + 8 * 7
  mov %r8, saved + 8 * 8
  mov %r9, saved + 8 * 9
  mov %r10, saved + 8 * 10
  mov %r11, saved + 8 * 11
  mov %r12, saved + 8 * 12
  mov %r13, saved + 8 * 13
  mov %r14, saved + 8 * 14
  mov %r15, saved + 8 * 15
  cld
  mov %rsp, %rbp
  mov (%rbp), %rbx                 # vector
  cmp $SHOW, %rbx
  jne 1f
  mov saved, %rax
  call print_space_hex
  mov saved, %rax
  jmp resume
1:
  cmp $ITEM, %rbx
  jne 1f
  lea newline(%rip), %rsi
  call print
  mov $' ', %al
  call putc
  mov saved, %rax
  call print_space_hex
  mov $':', %al
  call putc
  jmp resume
1:
  cmpq $BRIEF, ctl_mode
  je brief
  call report
  cmpq $DONE, (%rbp)
  je 2f
  cmpq $TRACE, ctl_mode
  jne 2f
  decq ctl_count
  js 2f
  lea arrow(%rip), %rsi
  call print
  cmpq $0, ctl_fixup
  je resume
  mov ctl_fixup, %rax
  mov %rax, 16(%rbp)
  jmp resume
2:
  mov current, %rbx
  add $16, %rbx
  mov $MONITOR_STACK, %esp
  lea newline(%rip), %rsi
  call print
  jmp next_case

resume:
  mov saved + 8 * 0, %rax
  mov saved + 8 * 1, %rcx
  mov saved + 8 * 2, %rdx
  mov saved + 8 * 3, %rbx
  mov saved + 8 * 5, %rbp
  mov saved + 8 * 6, %rsi
  mov saved + 8 * 7, %rdi
  mov saved + 8 * 8, %r8
  mov saved + 8 * 9, %r9
  mov saved + 8 * 10, %r10
  mov saved + 8 * 11, %r11
  add $16, %rsp
  iretq

brief:
  cmpq $DONE, %rbx
  jne 1f
  lea newline(%rip), %rsi
  call print
  mov current, %rbx
  add $16, %rbx
  mov $MONITOR_STACK, %esp
  jmp next_case
1:
  mov $' ', %al
  call putc
  mov %rbx, %rax
  call print_hex
  cmpb $NEXT, %bl
  jne 2f
  mov $'=', %al                    # no fault: the code segment that was reached
  call putc
  movzwl 24(%rbp), %eax
  call print_hex
  jmp 3f
2:
  mov 8(%rbp), %rax
  test %rax, %rax
  jz 3f
  mov $'/', %al
  call putc
  mov 8(%rbp), %rax
  call print_hex
3:
  mov $0x10, %eax
  mov %eax, %ss
  mov saved + 8 * 3, %rbx
  mov saved + 8 * 8, %r8
  mov saved + 8 * 9, %r9
  mov saved + 8 * 10, %r10
  mov saved + 8 * 11, %r11
  mov ctl_stack, %rsp
  pushq $2
  popfq
  jmp *ctl_fixup

# Prints the frame at RBP and what differs from `initial`.
report:
  mov 0(%rbp), %rax
  call print_space_hex
  mov $'/', %al
  call putc
  mov 8(%rbp), %rax
  call print_hex
  lea text_at(%rip), %rsi
  call print
  mov 24(%rbp), %rax
  call print_hex
  mov $':', %al
  call putc
  mov 16(%rbp), %rax
  sub entry, %rax                  # relative to the case
  cmp $0x1000, %rax
  jb 1f
  sub $USER, %rax                  # or to its address for every privilege
  cmp $0x1000, %rax
  jb 1f
  mov 16(%rbp), %rax
1:
  cmpq $0, ctl_hide
  jne 2f
  call print_hex
2:
  lea text_flags(%rip), %rsi
  call print
  mov 32(%rbp), %rax
  call print_hex
  lea text_stack(%rip), %rsi
  call print
  mov 48(%rbp), %rax
  call print_hex
  mov $':', %al
  call putc
  mov 40(%rbp), %rax
  call print_hex
  lea text_frame(%rip), %rsi
  call print
  lea 56(%rbp), %rax
  call print_hex
  lea text_cr2(%rip), %rsi
  mov %cr2, %rax
  xor %edx, %edx
  call print_if
  lea text_dr6(%rip), %rsi
  mov %dr6, %rax
  mov $0xffff0ff0, %edx
  call print_if
  lea text_ds(%rip), %rsi
  mov %ds, %eax
  xor %edx, %edx
  call print_if
  lea text_es(%rip), %rsi
  mov %es, %eax
  call print_if
  lea text_fs(%rip), %rsi
  mov %fs, %eax
  call print_if
  lea text_gs(%rip), %rsi
  mov %gs, %eax
  call print_if
  xor %ebx, %ebx
1:
  cmp $4, %ebx
  je 2f
  mov saved(, %rbx, 8), %rax
  mov initial(, %rbx, 8), %rdx
  lea register_names(, %rbx, 8), %rsi
  call print_if
2:
  inc %ebx
  cmp $16, %ebx
  jne 1b
  ret

print_if:                          # RSI label, RAX value, unless it is RDX
  cmp %rax, %rdx
  je 1f
  push %rax
  call print
  pop %rax
  jmp print_hex
1:
  ret

# ---------------------------------------------------------------- console

print_space_hex:
  push %rax
  mov $' ', %al
  call putc
  pop %rax
print_hex:                         # RAX without leading zeros
  push %rbx
  push %rcx
  mov %rax, %rbx
  mov $60, %ecx
1:
  mov %rbx, %rax
  shr %cl, %rax
  jnz 2f
  test %ecx, %ecx
  jz 2f
  sub $4, %ecx
  jmp 1b
2:
  mov %rbx, %rax
  shr %cl, %rax
  and $15, %eax
  mov digits(%rax), %al
  call putc
  sub $4, %ecx
  jns 2b
  pop %rcx
  pop %rbx
  ret

print:                             # RSI, zero-terminated
  lodsb
  test %al, %al
  jz 1f
  call putc
  jmp print
1:
  ret

putc:
  push %rdx
  push %rax
1:
  mov $0x3fd, %dx
  in %dx, %al
  test $0x20, %al
  jz 1b
  mov $0x3f8, %dx
  pop %rax
  out %al, %dx
  pop %rdx
  ret

# ---------------------------------------------------------------- data

digits:
  .ascii "0123456789abcdef"
newline:
  .asciz "\n"
arrow:
  .asciz " >"
end_text:
  .asciz "END\n"
text_at:
  .asciz " at "
text_flags:
  .asciz " flags "
text_stack:
  .asciz " stack "
text_frame:
  .asciz " frame "
text_cr2:
  .asciz " cr2 "
text_dr6:
  .asciz " dr6 "
text_ds:
  .asciz " ds "
text_es:
  .asciz " es "
text_fs:
  .asciz " fs "
text_gs:
  .asciz " gs "
  .p2align 3
register_names:
  .irp name, rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  .p2align 3
  .asciz " \name "
  .endr
  .p2align 3
initial:
  .quad 0x1111111111111111, 0, 0, SCRATCH, 0, 0x5555555555555555, 0x6666666666666666, 0x7777777777777777
  .quad 0x8888888888888888, 0x9999999999999999, 0xaaaaaaaaaaaaaaaa, 0xbbbbbbbbbbbbbbbb
  .quad 0xcccccccccccccccc, 0xdddddddddddddddd, 0xeeeeeeeeeeeeeeee, 0xffffffffffffffff
saved:
  .fill 16, 8, 0
current:
  .quad 0
entry:
  .quad 0
ctl_mode:
  .quad 0
ctl_count:
  .quad 0
ctl_fixup:
  .quad 0
ctl_stack:
  .quad LOW_STACK - 0x100
ctl_hide:
  .quad 0
gdtr:
  .word GDT_LIMIT
  .quad GDT
idtr:
  .word 0xfff
  .quad IDT

  .macro SYSTEM_DESCRIPTOR base, limit, access
  .quad (\limit) & 0xffff | ((\base) & 0xffffff) << 16 | (\access) << 40 | ((\base) >> 24 & 0xff) << 56
  .quad (\base) >> 32
  .endm
  .macro CALL_GATE selector, offset, access
  .word (\offset) & 0xffff, \selector, (\access) << 8, (\offset) >> 16
  .quad 0
  .endm

  .p2align 3
gdt_image:
  .quad 0
  .quad 0x00af9b000000ffff         # 08 code, 64 bits
  .quad 0x00cf93000000ffff         # 10 data
  .quad 0x00cff3000000ffff         # 18 data, privilege 3
  .quad 0x00affb000000ffff         # 20 code, 64 bits, privilege 3
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x89 # 28
  .quad 0x00cf9b000000ffff         # 38 code, 32 bits
  .quad 0x00cffb000000ffff         # 40 code, 32 bits, privilege 3
  .quad 0x00af9f000000ffff         # 48 code, 64 bits, conforming
  .quad 0x00af99000000ffff         # 50 code, 64 bits, execute only
  .quad 0x00cf91000000ffff         # 58 data, read only
  .quad 0x00cf13000000ffff         # 60 data, not present
  .quad 0x00af1b000000ffff         # 68 code, not present
  .quad 0x00ef9b000000ffff         # 70 code, L and D
  SYSTEM_DESCRIPTOR LDT, 0x3f, 0x82 # 78
  .quad 0x00cfb3000000ffff         # 88 data, privilege 1
  .quad 0x00afbb000000ffff         # 90 code, 64 bits, privilege 1
  .quad 0x008f9b000000ffff         # 98 code, 16 bits
  CALL_GATE 0x08, GATE_TARGET, 0xec # a0 for privilege 3
  CALL_GATE 0x08, GATE_TARGET, 0x8c # b0 for privilege 0
  CALL_GATE 0x08, GATE_TARGET, 0x6c # c0 not present
  CALL_GATE 0x48, GATE_TARGET, 0xec # d0 to conforming code
  CALL_GATE 0x38, GATE_TARGET, 0xec # e0 to 32-bit code
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x89 # f0
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x8b # 100 busy
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x81 # 110 of 16 bits
  .quad 0x0000800000000000         # 120 system type 0
  .quad 0x00cff7000000ffff         # 128 data, privilege 3, expand down
  .quad 0x00cfff000000ffff         # 130 code, 32 bits, conforming, privilege 3
  .quad 0x0040930000001234         # 138 data, byte limit
  CALL_GATE 0x08, GATE_TARGET, 0x8e # 140 an interrupt gate
  CALL_GATE 0x08, GATE_TARGET, 0x85 # 150 a task gate
  CALL_GATE 0x20, GATE_TARGET, 0xec # 160 to code of privilege 3
  CALL_GATE 0x00, GATE_TARGET, 0xec # 170 to nothing
  CALL_GATE 0x10, GATE_TARGET, 0xec # 180 to data
  CALL_GATE 0x68, GATE_TARGET, 0xec # 190 to code that is not present
  CALL_GATE 0x90, GATE_TARGET, 0xec # 1a0 to code of privilege 1
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x09 # 1b0 not present
  SYSTEM_DESCRIPTOR LDT, 0x3f, 0x02 # 1c0 not present
gdt_end:

ldt_image:
  .quad 0
  .quad 0x00af9b000000ffff         # 0c code, 64 bits
  .quad 0x00cf93000000ffff         # 14 data
  .quad 0x00cff3000000ffff         # 1c data, privilege 3
  .quad 0x00affb000000ffff         # 24 code, 64 bits, privilege 3
  .quad 0x00cf92000000ffff         # 2c data, not accessed
  SYSTEM_DESCRIPTOR TSS, 0x67, 0x89 # 34 not allowed here

  .section .cases, "a"
cases:
  .text

  .macro CASE name:vararg
  .pushsection .cases, "a"
  .quad 9001f, 9002f
  .popsection
  .pushsection .names, "a"
9001:
  .asciz "\name:"
  .popsection
  .p2align 4
9002:
  .endm

  .macro END
  int $DONE
  .endm

  .macro LAST_CASE
  .pushsection .cases, "a"
  .quad 0, 0
  .popsection
  .endm

# Kernel code goes on at `where` after every event, which is printed in brief.
  .macro GUARD where
  movq $BRIEF, ctl_mode
  movq $\where, ctl_fixup
  .endm

# The next `count` events are printed, and the program goes on.
  .macro SURVIVE count
  movq $TRACE, ctl_mode
  movq $\count, ctl_count
  .endm

# To privilege 3: to the code at `where`, by its address for every privilege.
  .macro TO_USER where, cs=0x23, flags=2
  pushq $0x1b
  pushq $USER_STACK
  pushq $\flags
  pushq $\cs
  pushq $\where + USER
  iretq
  .endm
