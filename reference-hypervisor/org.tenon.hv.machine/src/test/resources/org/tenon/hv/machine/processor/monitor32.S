# The monitor of monitor64.S for legacy protected mode: 32-bit code, no paging unless a case wants it, tasks, virtual-8086
# mode, real mode. The same words, but registers of 32 bits; `outer ss:esp` where the privilege has changed, and ES, DS,
# FS and GS where virtual-8086 mode was left.

  .set IMAGE, 0x200000
  .set GDT, 0x408000
  .set IDT, 0x409000
  .set TSS, 0x40a000             # 104 bytes, then the I/O permission bitmap
  .set TASK, 0x40b000            # a second task of 32 bits
  .set LDT, 0x40bc00
  .set PAGE_DIRECTORY, 0x40c000
  .set PAGE_TABLE, 0x40d000      # of TEST
  .set PAGE, 0x40e000
  .set PDPT, 0x40f000
  .set LOW_STACK, 0x500000
  .set RING0_STACK, 0x504000
  .set RING1_STACK, 0x508000
  .set USER_STACK, 0x50c000
  .set MONITOR_STACK, 0x510000
  .set TASK_STACK, 0x514000
  .set SCRATCH, 0x518000
  .set TEST, 0x10000000
  .set GATE_TARGET, IMAGE + 0x40
  .set CODE_8086, 0x20000        # where cases in virtual-8086 and real mode are copied to
  .set STACK_8086, 0x30000
  .set DATA_8086, 0x40000

  .set GDT_LIMIT, gdt_end - gdt_image - 1

  .set DONE, 0xff
  .set SHOW, 0xfe
  .set NEXT, 0xfd
  .set ITEM, 0xfc

  .set ONCE, 0
  .set TRACE, 1
  .set BRIEF, 2

  .text
  .code32
header:
  .long 0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
  .long IMAGE, IMAGE, 0, 0, start

  .org 0x40
gate_target:                       # where call gates lead
  int $NEXT

  .org 0x50
task_entry:                        # where the second task begins
  mov %esp, %edx
  int $NEXT
  iretl                            # back, where the task is nested
  mov $0xe1, %al
  int $NEXT
  iretl
  int $DONE

start:
  mov $MONITOR_STACK, %esp
  mov $0xff, %al
  out %al, $0x21
  out %al, $0xa1
  lgdt gdtr_boot
  mov $0x10, %eax
  mov %eax, %ss
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %fs
  mov %eax, %gs
  ljmp $8, $1f
1:
  mov $cases, %ebx

next_case:
  mov %ebx, current
  cmpl $0, (%ebx)
  je finished
  call prepare
  mov current, %ebx
  mov 0(%ebx), %esi
  call print
  mov 4(%ebx), %eax
  mov %eax, entry
  mov $LOW_STACK, %esp
  push entry
  mov initial + 4 * 1, %ecx
  mov initial + 4 * 2, %edx
  mov initial + 4 * 3, %ebx
  mov initial + 4 * 5, %ebp
  mov initial + 4 * 6, %esi
  mov initial + 4 * 7, %edi
  pushl $2
  popfl
  mov initial + 4 * 0, %eax
  ret

finished:
  mov $end_text, %esi
  call print
1:
  cli
  hlt
  jmp 1b

prepare:
  cli
  cld
  mov $0x33, %eax
  mov %eax, %cr0
  xor %eax, %eax
  mov %eax, %cr4
  mov %eax, %cr2
  mov %eax, %cr3
  mov %eax, %dr0
  mov %eax, %dr1
  mov $0xffff0ff0, %eax
  mov %eax, %dr6
  mov $0x400, %eax
  mov %eax, %dr7
  movl $ONCE, ctl_mode
  movl $0, ctl_count
  movl $0, ctl_fixup
  movl $LOW_STACK - 0x100, ctl_stack
  mov $TSS, %edi
  mov $0x2000, %ecx                # TSS to PDPT
  xor %eax, %eax
  rep stosl
  mov $SCRATCH, %edi
  mov $0x400, %ecx
  rep stosl
  mov $gdt_image, %esi
  mov $GDT, %edi
  mov $GDT_LIMIT + 1, %ecx
  rep movsb
  mov $ldt_image, %esi
  mov $LDT, %edi
  mov $32, %ecx
  rep movsb
  mov $IDT, %edi
  mov $stubs, %esi
  xor %ecx, %ecx
1:
  mov %esi, %eax
  mov %ax, 0(%edi)
  movw $8, 2(%edi)
  movw $0x8e00, 4(%edi)
  shr $16, %eax
  mov %ax, 6(%edi)
  add $8, %edi
  add $16, %esi
  inc %ecx
  cmp $256, %ecx
  jne 1b
  movb $0xee, IDT + 8 * DONE + 5
  movb $0xee, IDT + 8 * SHOW + 5
  movb $0xee, IDT + 8 * NEXT + 5
  movb $0xee, IDT + 8 * ITEM + 5
  movl $RING0_STACK, TSS + 4
  movl $0x10, TSS + 8
  movl $RING1_STACK, TSS + 12
  movl $0x89, TSS + 16
  movl $0x680000, TSS + 0x64       # bitmap of 0x2000 bits: port 0x80 is allowed, 0x81 to 0x8f are not
  movl $-1, TSS + 0x68 + 0x10
  movb $0xfe, TSS + 0x68 + 0x10
  # The second task begins at task_entry, at privilege 0.
  movl $task_entry, TASK + 0x20
  movl $2, TASK + 0x24
  movl $0xa0a0a0a0, TASK + 0x28
  movl $0xc0c0c0c0, TASK + 0x2c
  movl $TASK_STACK, TASK + 0x38
  movl $0x10, TASK + 0x48
  movl $8, TASK + 0x4c
  movl $0x10, TASK + 0x50
  movl $0x10, TASK + 0x54
  movl $0x10, TASK + 0x58
  movl $0x10, TASK + 0x5c
  movl $RING0_STACK, TASK + 4
  movl $0x10, TASK + 8
  movw $0xfdcd, IMAGE + GATE_TARGET # INT $NEXT where code at IMAGE would be, were there no limits
  lgdt gdtr
  lidt idtr
  mov $0x10, %eax
  mov %eax, %ss
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %fs
  mov %eax, %gs
  mov $0x28, %eax
  ltr %ax
  mov $0x78, %eax
  lldt %ax
  # A page directory that maps everything to itself, and TEST by PAGE_TABLE
  mov $PAGE_DIRECTORY, %edi
  mov $0x87, %eax
1:
  mov %eax, (%edi)
  add $4, %edi
  add $0x400000, %eax
  jnc 1b
  movl $PAGE_TABLE + 7, PAGE_DIRECTORY + TEST / 0x100000
  movl $PAGE + 7, PAGE_TABLE
  movl $PAGE + 7, PAGE_TABLE + 4
  fninit
  ret

  .macro PAGING_ON
  mov $PAGE_DIRECTORY, %eax
  mov %eax, %cr3
  mov $0x10, %eax
  mov %eax, %cr4
  mov $0x80010033, %eax
  mov %eax, %cr0
  jmp 9f
9:
  .endm

# ---------------------------------------------------------------- events

  .p2align 4
stubs:
  .set vector, 0
  .rept 256
  .p2align 4
  .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17)
  nop
  nop
  .else
  pushl $0
  .endif
  pushl $vector
  jmp event
  .set vector, vector + 1
  .endr

# Stack: vector, error, EIP, CS, EFLAGS, and where the privilege changed ESP, SS, and from virtual-8086 mode ES DS FS GS
event:
  movw %ds, %ss:saved_ds
  movw %es, %ss:saved_es
  movw %fs, %ss:saved_fs
  movw %gs, %ss:saved_gs
  mov %eax, %ss:saved + 4 * 0
  mov $0x10, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %ecx, saved + 4 * 1
  mov %edx, saved + 4 * 2
  mov %ebx, saved + 4 * 3
  mov %esp, saved + 4 * 4
  mov %ebp, saved + 4 * 5
  mov %esi, saved + 4 * 6
  mov %edi, saved + 4 * 7
  cld
  mov %esp, %ebp
  mov (%ebp), %ebx
  cmp $SHOW, %ebx
  jne 1f
  mov saved, %eax
  call print_space_hex
  jmp resume
1:
  cmp $ITEM, %ebx
  jne 1f
  mov $newline, %esi
  call print
  mov $' ', %al
  call putc
  mov saved, %eax
  call print_space_hex
  mov $':', %al
  call putc
  jmp resume
1:
  cmpl $BRIEF, ctl_mode
  je brief
  call report
  cmpl $DONE, (%ebp)
  je 2f
  cmpl $TRACE, ctl_mode
  jne 2f
  decl ctl_count
  js 2f
  mov $arrow, %esi
  call print
  cmpl $0, ctl_fixup
  je resume
  mov ctl_fixup, %eax
  mov %eax, 8(%ebp)
  jmp resume
2:
  mov $newline, %esi
  call print
end_case:
  mov current, %ebx
  add $8, %ebx
  mov $MONITOR_STACK, %esp
  jmp next_case

resume:
  mov saved + 4 * 1, %ecx
  mov saved + 4 * 2, %edx
  mov saved + 4 * 3, %ebx
  mov saved + 4 * 5, %ebp
  mov saved + 4 * 6, %esi
  mov saved + 4 * 7, %edi
  movw saved_es, %ax
  mov %eax, %es
  mov saved + 4 * 0, %eax
  movw saved_ds, %ds
  add $8, %esp
  iretl

brief:
  cmp $DONE, %ebx
  jne 1f
  mov $newline, %esi
  call print
  jmp end_case
1:
  mov $' ', %al
  call putc
  mov %ebx, %eax
  call print_hex
  cmp $NEXT, %ebx
  jne 2f
  mov $'=', %al
  call putc
  movzwl 12(%ebp), %eax
  call print_hex
  jmp 3f
2:
  mov 4(%ebp), %eax
  test %eax, %eax
  jz 3f
  mov $'/', %al
  call putc
  mov 4(%ebp), %eax
  call print_hex
3:
  mov $0x10, %eax
  mov %eax, %ss
  mov ctl_stack, %esp
  mov saved + 4 * 3, %ebx
  mov saved + 4 * 6, %esi
  mov saved + 4 * 7, %edi
  pushl $2
  popfl
  ljmp *ctl_fixup_far

report:
  mov 0(%ebp), %eax
  call print_space_hex
  mov $'/', %al
  call putc
  mov 4(%ebp), %eax
  call print_hex
  mov $text_at, %esi
  call print
  mov 12(%ebp), %eax
  call print_hex
  mov $':', %al
  call putc
  mov 8(%ebp), %eax
  sub entry, %eax
  cmp $0x1000, %eax
  jb 1f
  mov 8(%ebp), %eax
1:
  call print_hex
  mov $text_flags, %esi
  call print
  mov 16(%ebp), %eax
  call print_hex
  testl $0x20000, 16(%ebp)
  jnz 3f
  mov 12(%ebp), %eax
  mov %cs, %ecx
  xor %ecx, %eax
  test $3, %al
  jz 4f
3:
  mov $text_outer, %esi
  call print
  mov 24(%ebp), %eax
  call print_hex
  mov $':', %al
  call putc
  mov 20(%ebp), %eax
  call print_hex
4:
  testl $0x20000, 16(%ebp)
  jz 5f
  mov $text_data, %esi
  call print
  mov 28(%ebp), %eax
  call print_hex
  mov 32(%ebp), %eax
  call print_space_hex
  mov 36(%ebp), %eax
  call print_space_hex
  mov 40(%ebp), %eax
  call print_space_hex
5:
  mov $text_frame, %esi
  call print
  mov %ss, %eax
  call print_hex
  mov $':', %al
  call putc
  lea 20(%ebp), %eax
  call print_hex
  mov $text_cr2, %esi
  mov %cr2, %eax
  xor %edx, %edx
  call print_if
  mov $text_cr0, %esi
  mov %cr0, %eax
  mov $0x33, %edx
  call print_if
  mov $text_dr6, %esi
  mov %dr6, %eax
  mov $0xffff0ff0, %edx
  call print_if
  mov $text_tr, %esi
  str %eax
  mov $0x28, %edx
  call print_if
  mov $text_ds, %esi
  movzwl saved_ds, %eax
  mov $0x10, %edx
  call print_if
  mov $text_es, %esi
  movzwl saved_es, %eax
  call print_if
  mov $text_fs, %esi
  movzwl saved_fs, %eax
  call print_if
  mov $text_gs, %esi
  movzwl saved_gs, %eax
  call print_if
  xor %ebx, %ebx
1:
  cmp $4, %ebx
  je 2f
  mov saved(, %ebx, 4), %eax
  mov initial(, %ebx, 4), %edx
  lea register_names(, %ebx, 8), %esi
  call print_if
2:
  inc %ebx
  cmp $8, %ebx
  jne 1b
  ret

print_if:                          # ESI label, EAX value, unless it is EDX
  cmp %eax, %edx
  je 1f
  push %eax
  call print
  pop %eax
  jmp print_hex
1:
  ret

# ---------------------------------------------------------------- console

print_space_hex:
  push %eax
  mov $' ', %al
  call putc
  pop %eax
print_hex:
  push %ebx
  push %ecx
  mov %eax, %ebx
  mov $28, %ecx
1:
  mov %ebx, %eax
  shr %cl, %eax
  jnz 2f
  test %ecx, %ecx
  jz 2f
  sub $4, %ecx
  jmp 1b
2:
  mov %ebx, %eax
  shr %cl, %eax
  and $15, %eax
  mov digits(%eax), %al
  call putc
  sub $4, %ecx
  jns 2b
  pop %ecx
  pop %ebx
  ret

print:
  lodsb
  test %al, %al
  jz 1f
  call putc
  jmp print
1:
  ret

putc:
  push %edx
  push %eax
1:
  mov $0x3fd, %dx
  in %dx, %al
  test $0x20, %al
  jz 1b
  mov $0x3f8, %dx
  pop %eax
  out %al, %dx
  pop %edx
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
text_outer:
  .asciz " outer "
text_data:
  .asciz " data "
text_frame:
  .asciz " frame "
text_cr2:
  .asciz " cr2 "
text_cr0:
  .asciz " cr0 "
text_dr6:
  .asciz " dr6 "
text_tr:
  .asciz " tr "
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
  .irp name, eax, ecx, edx, ebx, esp, ebp, esi, edi
  .p2align 3
  .asciz " \name "
  .endr
  .p2align 3
initial:
  .long 0x11111111, 0x22222222, 0x33333333, SCRATCH, 0, 0x55555555, 0x66666666, 0x77777777
saved:
  .fill 8, 4, 0
saved_ds:
  .long 0
saved_es:
  .long 0
saved_fs:
  .long 0
saved_gs:
  .long 0
current:
  .long 0
entry:
  .long 0
ctl_mode:
  .long 0
ctl_count:
  .long 0
ctl_stack:
  .long 0
ctl_fixup_far:
ctl_fixup:
  .long 0
  .word 8
  .p2align 2
gdtr_boot:
  .word GDT_LIMIT
  .long gdt_image
gdtr:
  .word GDT_LIMIT
  .long GDT
idtr:
  .word 0x7ff
  .long IDT

  .macro SYSTEM_DESCRIPTOR base, limit, access
  .quad (\limit) & 0xffff | ((\base) & 0xffffff) << 16 | (\access) << 40 | ((\base) >> 24 & 0xff) << 56
  .endm
  .macro GATE selector, offset, access, parameters=0
  .word (\offset) & 0xffff, \selector, (\access) << 8 | \parameters, (\offset) >> 16
  .endm

  .p2align 3
gdt_image:
  .quad 0
  .quad 0x00cf9b000000ffff         # 08 code
  .quad 0x00cf93000000ffff         # 10 data
  .quad 0x00cff3000000ffff         # 18 data, privilege 3
  .quad 0x00cffb000000ffff         # 20 code, privilege 3
  SYSTEM_DESCRIPTOR TSS, 0x7f, 0x89 # 28
  .quad 0x00cf9f000000ffff         # 30 code, conforming
  .quad 0x00cf99000000ffff         # 38 code, execute only
  .quad 0x00cf91000000ffff         # 40 data, read only
  .quad 0x00cf13000000ffff         # 48 data, not present
  .quad 0x00cf1b000000ffff         # 50 code, not present
  .quad 0x008f9b000000ffff         # 58 code, 16 bits
  .quad 0x008f93000000ffff         # 60 data, 16 bits
  .quad 0x00cf97000000ffff         # 68 data, expand down
  .quad 0x0040930000000fff         # 70 data, 4 KiB
  SYSTEM_DESCRIPTOR LDT, 0x1f, 0x82 # 78
  .quad 0x00cfbb000000ffff         # 80 code, privilege 1
  .quad 0x00cfb3000000ffff         # 88 data, privilege 1
  GATE 0x08, GATE_TARGET, 0xec      # 90 call gate for privilege 3
  GATE 0x08, GATE_TARGET, 0xec, 3   # 98 with three parameters
  GATE 0x08, GATE_TARGET, 0x8c      # a0 for privilege 0
  GATE 0x08, GATE_TARGET, 0x6c      # a8 not present
  GATE 0x30, GATE_TARGET, 0xec      # b0 to conforming code
  GATE 0x20, GATE_TARGET, 0xec      # b8 to code of privilege 3
  GATE 0x50, GATE_TARGET, 0xec      # c0 to code that is not present
  GATE 0x10, GATE_TARGET, 0xec      # c8 to data
  GATE 0x00, GATE_TARGET, 0xec      # d0 to nothing
  GATE 0x80, GATE_TARGET, 0xec      # d8 to code of privilege 1
  GATE 0x140, 0x40, 0xe4, 2         # e0 of 16 bits, with two parameters
  SYSTEM_DESCRIPTOR TASK, 0x67, 0x89 # e8
  SYSTEM_DESCRIPTOR TASK, 0x66, 0x89 # f0 too short
  SYSTEM_DESCRIPTOR TASK, 0x67, 0x09 # f8 not present
  SYSTEM_DESCRIPTOR TASK, 0x67, 0xe9 # 100 privilege 3
  SYSTEM_DESCRIPTOR TASK, 0x67, 0x8b # 108 busy
  GATE 0xe8, 0, 0xe5                # 110 task gate for privilege 3
  GATE 0xe8, 0, 0x85                # 118 task gate for privilege 0
  GATE 0x10, 0, 0xe5                # 120 task gate to data
  GATE 0x08, GATE_TARGET, 0xee      # 128 an interrupt gate
  SYSTEM_DESCRIPTOR 0, 0, 0x80      # 130 type 0
  SYSTEM_DESCRIPTOR TASK, 0x2b, 0x01 # 138 a task of 16 bits, not present
  .quad 0x00009b200000ffff         # 140 code, 16 bits, at IMAGE
gdt_end:

ldt_image:
  .quad 0
  .quad 0x00cf9b000000ffff         # 0c code
  .quad 0x00cf93000000ffff         # 14 data
  .quad 0x00cff3000000ffff         # 1c data, privilege 3

  .section .cases, "a"
cases:
  .text

  .macro CASE name:vararg
  .pushsection .cases, "a"
  .long 9001f, 9002f
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
  .long 0, 0
  .popsection
  .endm

  .macro GUARD where
  movl $BRIEF, ctl_mode
  movl $\where, ctl_fixup
  .endm

  .macro SURVIVE count
  movl $TRACE, ctl_mode
  movl $\count, ctl_count
  .endm

  .macro TO_USER where, cs=0x23, flags=2
  pushl $0x1b
  pushl $USER_STACK
  pushl $\flags
  pushl $\cs
  pushl $\where
  iretl
  .endm

# Copies the 16-bit code between two labels to CODE_8086.
  .macro COPY_8086 from, to
  mov $\from, %esi
  mov $CODE_8086, %edi
  mov $\to - \from, %ecx
  rep movsb
  mov initial + 4 * 1, %ecx
  mov initial + 4 * 6, %esi
  mov initial + 4 * 7, %edi
  .endm

# To virtual-8086 mode, with the copied code.
  .macro TO_8086 flags=0x20002
  pushl $0x4444                    # GS
  pushl $0x3333                    # FS
  pushl $DATA_8086 >> 4            # DS
  pushl $0x1111                    # ES
  pushl $STACK_8086 >> 4
  pushl $0x1000
  pushl $\flags
  pushl $CODE_8086 >> 4
  pushl $0
  iretl
  .endm
