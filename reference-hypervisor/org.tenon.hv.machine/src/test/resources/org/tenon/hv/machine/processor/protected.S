# Cases in legacy protected mode, virtual-8086 mode and real mode.

  .include "monitor32.S"

  .text
  .code32

# A task switch loses registers.
index:
  .long 0

  .macro EACH_SELECTOR label
  xor %esi, %esi
\label:
  mov %esi, index
  .endm
  .macro NEXT_SELECTOR label
  mov index, %esi
  inc %esi
  mov %esi, index
  cmp $GDT_LIMIT + 4, %esi
  jb \label
  .endm

# ---------------------------------------------------------------- segments

# A stack of 16 bits, one that grows the other way and one of 4 KiB would lose the monitor's own frames.
  .macro SKIP_SMALL_STACKS where
  cmp $0x60, %esi
  jb 9f
  cmp $0x78, %esi
  jb \where
9:
  .endm

  .macro LOAD_CASE segment
CASE selectors to \segment
  GUARD 3f
  EACH_SELECTOR 1
1:
  .ifc \segment, ss
  SKIP_SMALL_STACKS 3f
  .endif
  mov %esi, %eax
  int $ITEM
  mov %esi, %\segment
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
  .endm
  LOAD_CASE fs
  LOAD_CASE ss
CASE selectors to FS at privilege 3
  GUARD 3f
  EACH_SELECTOR 1
1:
  TO_USER 2f
2:
  mov %esi, %eax
  int $ITEM
  mov %esi, %fs
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
CASE selectors to LDTR
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  lldt %si
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
  mov %esi, %eax
  int $ITEM
  movb $0x89, GDT + 0x28 + 5
  movb $0x89, GDT + 0xe8 + 5
  movb $0xe9, GDT + 0x100 + 5
  movb $0x81, GDT + 0x138 + 5
  ltr %si
  str %eax
  int $SHOW
  int $NEXT
3:
  NEXT_SELECTOR 1b
  END
  .macro INSPECT
  mov $0x55555555, %eax
  mov $0, %ecx
  mov $0, %edx
  lar %esi, %eax
  setz %cl
  verr %si
  setz %dl
  lea (%ecx, %edx, 2), %ecx
  verw %si
  setz %dl
  lea (%ecx, %edx, 4), %ecx
  int $SHOW
  mov %ecx, %eax
  int $SHOW
  mov $0x55555555, %eax
  lsl %esi, %eax
  int $SHOW
  .endm
CASE LAR LSL VERR VERW
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  INSPECT
  NEXT_SELECTOR 1b
  END
CASE LAR LSL VERR VERW at privilege 3
  TO_USER 1f
1:
  mov $0x1b, %eax
  mov %eax, %ds
  xor %esi, %esi
2:
  mov %esi, index
  mov %esi, %eax
  int $ITEM
  INSPECT
  NEXT_SELECTOR 2b
  END
  .macro FAR_CASE name, instruction
CASE \name
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  movl $GATE_TARGET, SCRATCH
  mov %si, SCRATCH + 4
  movb $0x89, GDT + 0xe8 + 5
  movb $0xe9, GDT + 0x100 + 5
  \instruction *SCRATCH
  int3
3:
  movw $0x28, SCRATCH + 8
  movb $0x89, GDT + 0x28 + 5
  ltr SCRATCH + 8
  movl $task_entry, TASK + 0x20
  movl $TASK_STACK, TASK + 0x38
  clts
  NEXT_SELECTOR 1b
  END
CASE \name at privilege 3
  GUARD 3f
  EACH_SELECTOR 1
1:
  movl $GATE_TARGET, SCRATCH
  mov %si, SCRATCH + 4
  movb $0x89, GDT + 0xe8 + 5
  movb $0xe9, GDT + 0x100 + 5
  TO_USER 2f
2:
  mov %esi, %eax
  int $ITEM
  mov $0x1b, %eax
  mov %eax, %ds
  \instruction *SCRATCH
  int3
3:
  movw $0x28, SCRATCH + 8
  movb $0x89, GDT + 0x28 + 5
  ltr SCRATCH + 8
  movl $task_entry, TASK + 0x20
  movl $TASK_STACK, TASK + 0x38
  clts
  NEXT_SELECTOR 1b
  END
  .endm
  FAR_CASE "far jumps", ljmpl
  FAR_CASE "far calls", lcalll
CASE far returns
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  pushl $0x1b
  pushl $USER_STACK
  push %esi
  pushl $GATE_TARGET
  lretl
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt returns
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  pushl $0x1b
  pushl $USER_STACK
  pushl $2
  push %esi
  pushl $GATE_TARGET
  iretl
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt returns with any stack
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %eax
  int $ITEM
  push %esi
  pushl $USER_STACK
  pushl $2
  pushl $0x23
  pushl $GATE_TARGET
  iretl
3:
  NEXT_SELECTOR 1b
  END
CASE interrupt gates to every selector
  GUARD 3f
  EACH_SELECTOR 1
1:
  mov %esi, %ecx                   # the handlers are no code of 16 bits
  and $~3, %ecx
  cmp $0x58, %ecx
  je 3f
  cmp $0x140, %ecx
  je 3f
  mov %esi, %eax
  int $ITEM
  mov %si, IDT + 8 * 0x50 + 2
  int $0x50
3:
  NEXT_SELECTOR 1b
  END
CASE gates of every type
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  mov %esi, %eax
  and $0x1f, %al
  cmp $0x05, %al                   # task gates have cases of their own
  je 3f
  and $7, %al
  cmp $6, %al                      # so has a stack of 16 bits
  je 2f
  cmp $7, %al
  je 2f
  jmp 4f
2:
  test $8, %esi
  jz 3f
4:
  mov %esi, %eax
  mov %al, IDT + 8 * 0x50 + 5
  int $0x50
3:
  inc %esi
  cmp $0x100, %esi
  jne 1b
  END
CASE stacks of every selector for an inner privilege
# The exceptions need a stack of their own: a task's, which shows the error code.
  GUARD 3f
  EACH_SELECTOR 1
1:
  SKIP_SMALL_STACKS 4f
  mov %esi, %eax
  int $ITEM
  .irp vector, 10, 11, 12
  movw $0xe8, IDT + 8 * \vector + 2
  movb $0x85, IDT + 8 * \vector + 5
  .endr
  movb $0x89, GDT + 0xe8 + 5
  movl $exception_task, TASK + 0x20
  movl $TASK_STACK, TASK + 0x38
  mov %esi, TSS + 8
  TO_USER 2f
2:
  ud2
3:
  movl $0x10, TSS + 8
  movw $0x28, SCRATCH + 8
  movb $0x89, GDT + 0x28 + 5
  ltr SCRATCH + 8
  clts
4:
  NEXT_SELECTOR 1b
  END
exception_task:
  pop %eax
  int $SHOW
  int $NEXT

CASE a return to an outer privilege clears data segments
  mov $0x10, %eax
  mov %eax, %fs
  mov $0x18, %eax
  mov %eax, %gs
  TO_USER 1f
1:
  END
CASE the frame of an interrupt from privilege 3
  TO_USER 1f
1:
  mov $0x1b, %eax
  mov %eax, %ds
  ud2
CASE expand-down limits
  mov $0x68, %eax
  movl $0x00c09700, GDT + 0x68 + 4 # limit 0x0ffff: below it nothing is there
  mov %eax, %fs
  mov %fs:0x10000000, %ecx
  mov %fs:0xfff, %ecx
  END
CASE limits by size
  mov $0x70, %eax
  mov %eax, %fs
  mov %fs:0xffc, %ecx
  mov %fs:0xfff, %cl
  mov %fs:0xffd, %ecx
  END
CASE stack limit
  movb $0xf3, GDT + 0x70 + 5
  TO_USER 1f
1:
  mov $0x73, %eax
  mov %eax, %ss
  mov $0x1004, %esp
  push %eax
  END
CASE write to a read-only segment
  mov $0x40, %eax
  mov %eax, %fs
  mov %fs:SCRATCH, %ecx
  mov %ecx, %fs:SCRATCH
  END
CASE write to a code segment
  mov %ecx, %cs:SCRATCH
  END
CASE read of an execute-only segment
  ljmp $0x38, $1f
1:
  mov %cs:SCRATCH, %ecx
  END
CASE null selector
  xor %eax, %eax
  mov %eax, %fs
  mov %fs:SCRATCH, %ecx
  END
CASE a conforming segment keeps the privilege
  TO_USER 1f, cs=0x23
1:
  ljmp $0x33, $1f
1:
  mov %cs, %eax
  END
CASE ARPL
  mov $0x10, %eax
  mov $0x23, %ecx
  arpl %cx, %ax
  pushfl
  pop %edx
  END
CASE BOUND and INTO
  SURVIVE 2
  movl $1f, ctl_fixup
  movl $5, SCRATCH
  movl $9, SCRATCH + 4
  mov $5, %eax
  bound %eax, SCRATCH
  mov $10, %eax
  bound %eax, SCRATCH
1:
  movl $1f, ctl_fixup
  mov $0x7fffffff, %ecx
  inc %ecx
  into
1:
  END

# ---------------------------------------------------------------- call gates

CASE call gate with parameters
  TO_USER 1f
1:
  mov $0x1b, %eax
  mov %eax, %ds
  movl $2f, %ecx
  pushl $0x33
  pushl $0x22
  pushl $0x11
  lcall $0x9b, $0
2:
  END
CASE call gate and back
  SURVIVE 2
  movl $1f, %ecx
  mov %cx, GDT + 0x98
  shr $16, %ecx
  mov %cx, GDT + 0x98 + 6
  TO_USER 2f
1:
  mov (%esp), %eax
  mov 8(%esp), %ecx
  mov 16(%esp), %edx
  int $NEXT
  lretl $12
2:
  pushl $0x33
  pushl $0x22
  pushl $0x11
  lcall $0x9b, $0
  int $NEXT
  END
CASE call gate of the same privilege
  SURVIVE 1
  movl $1f, ctl_fixup
  lcall $0x90, $0
1:
  END

# ---------------------------------------------------------------- tasks

CASE jump to a task, and its descriptors
  SURVIVE 2
  ljmp $0xe8, $0
  END
CASE call of a task and back
  SURVIVE 4
  lcall $0xe8, $0
  movzbl GDT + 0x28 + 5, %eax
  movzbl GDT + 0xe8 + 5, %ecx
  int $NEXT
  mov TASK + 0x20, %eax
  mov TASK + 0x24, %ecx
  mov TASK, %edx
  END
CASE call by a task gate at privilege 3
  SURVIVE 4
  TO_USER 1f
1:
  lcall $0x113, $0
  int $NEXT
  END
CASE interrupt by a task gate
  SURVIVE 4
  movw $0xe8, IDT + 8 * 0x50 + 2
  movb $0x85, IDT + 8 * 0x50 + 5
  int $0x50
  inc %ecx
  END
CASE exception with an error code by a task gate
  SURVIVE 2
  movw $0xe8, IDT + 8 * 13 + 2
  movb $0x85, IDT + 8 * 13 + 5
  mov $0x1234, %eax
  mov %eax, %fs
  END
CASE double fault by a task gate
  SURVIVE 1
  movw $0xe8, IDT + 8 * 8 + 2
  movb $0x85, IDT + 8 * 8 + 5
  movb $0, IDT + 8 * 13 + 5
  mov $0x1234, %eax
  mov %eax, %fs
  END
CASE task with bad data selectors
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  movl $0x10, TASK + 0x48
  movl $0x10, TASK + 0x54
  movl $0x10, TASK + 0x58
  movl $0x10, TASK + 0x5c
  movl $task_entry, TASK + 0x20
  movl $TASK_STACK, TASK + 0x38
  movb $0x89, GDT + 0xe8 + 5
  movb $0x89, GDT + 0x28 + 5
  movl $0x28, SCRATCH
  ltr SCRATCH
  mov %esi, %eax
  shr $4, %eax
  and $3, %eax
  mov bad_places(, %eax, 4), %edi
  mov %esi, %eax
  and $15, %eax
  movzwl bad_selectors(, %eax, 2), %eax
  mov %eax, (%edi)
  mov %esi, index
  lcall $0xe8, $0
  int $NEXT
3:
  clts
  mov index, %esi
  inc %esi
  cmp $0x40, %esi
  jne 1b
  END
bad_places:
  .long TASK + 0x48, TASK + 0x54, TASK + 0x58, TASK + 0x5c
bad_selectors:
  .word 0, 8, 0x10, 0x1b, 0x23, 0x30, 0x38, 0x40, 0x48, 0x50, 0x78, 0x88, 0xe8, 0x1000, 0x14, 0x0c
CASE task with the trap bit
  SURVIVE 1
  movw $1, TASK + 0x64
  ljmp $0xe8, $0
CASE IRET with NT to what is no task
  movw $0x10, TSS
  pushl $0x4002
  popfl
  iretl
CASE TS after a task switch
  GUARD 1f
  ljmp $0xe8, $0
1:
  mov %cr0, %eax
  int $SHOW
  END
CASE jump to a task with its own page tables
  SURVIVE 1
  PAGING_ON
  movl $PAGE_DIRECTORY, TASK + 0x1c
  ljmp $0xe8, $0
  mov %cr3, %eax
# ---------------------------------------------------------------- virtual-8086 mode

  .macro RUN_8086 from, to, flags=0x20002
  COPY_8086 \from, \to
  TO_8086 \flags
  .endm

CASE virtual-8086 mode
  RUN_8086 1f, 2f
  .code16
1:
  mov %cs, %ax
  mov %ds, %cx
  mov $0x1234, %dx
  mov %dx, %es
  push %dx
  .byte 0xcd, DONE
  .code32
2:
CASE virtual-8086 mode, instructions that IOPL guards
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  mov v86_programs(, %esi, 4), %eax
  mov %eax, CODE_8086
  movb $0xcc, CODE_8086 + 4
  pushl $0
  pushl $0
  pushl $0
  pushl $0
  pushl $STACK_8086 >> 4
  pushl $0x1000
  pushl $0x20002
  pushl $CODE_8086 >> 4
  pushl $0
  iretl
3:
  inc %esi
  cmp $(v86_programs_end - v86_programs) / 4, %esi
  jne 1b
  END
CASE virtual-8086 mode, the same with IOPL 3
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  mov v86_programs(, %esi, 4), %eax
  mov %eax, CODE_8086
  movb $0xcc, CODE_8086 + 4
  pushl $0
  pushl $0
  pushl $0
  pushl $0
  pushl $STACK_8086 >> 4
  pushl $0x1000
  pushl $0x23002
  pushl $CODE_8086 >> 4
  pushl $0
  iretl
3:
  inc %esi
  cmp $(v86_programs_end - v86_programs) / 4, %esi
  jne 1b
  END
  .p2align 2
v86_programs:
  .byte 0xfa, 0xcc, 0xcc, 0xcc       # 0 cli
  .byte 0xfb, 0xcc, 0xcc, 0xcc       # 1 sti
  .byte 0x9c, 0xcc, 0xcc, 0xcc       # 2 pushf
  .byte 0x9d, 0xcc, 0xcc, 0xcc       # 3 popf
  .byte 0xcd, 0x21, 0xcc, 0xcc       # 4 int 21h
  .byte 0xcd, NEXT, 0xcc, 0xcc       # 5 int
  .byte 0xcc, 0xcc, 0xcc, 0xcc       # 6 int3
  .byte 0xf4, 0xcc, 0xcc, 0xcc       # 7 hlt
  .byte 0x0f, 0x20, 0xc0, 0xcc       # 8 mov eax, cr0
  .byte 0x0f, 0x06, 0xcc, 0xcc       # 9 clts
  .byte 0x0f, 0x00, 0xc8, 0xcc       # a str ax
  .byte 0x0f, 0x00, 0xd8, 0xcc       # b ltr ax
  .byte 0x0f, 0x02, 0xc0, 0xcc       # c lar ax, ax
  .byte 0x63, 0xc0, 0xcc, 0xcc       # d arpl ax, ax
  .byte 0x0f, 0x01, 0xe0, 0xcc       # e smsw ax
  .byte 0xe4, 0x80, 0xcc, 0xcc       # f in al, 80h
  .byte 0xe4, 0x81, 0xcc, 0xcc       # 10 in al, 81h
  .byte 0xe5, 0x80, 0xcc, 0xcc       # 11 in ax, 80h
  .byte 0xe6, 0xf0, 0xcc, 0xcc       # 12 out f0h, al: beyond the bitmap
  .byte 0x8e, 0xd0, 0xcc, 0xcc       # 13 mov ss, ax
  .byte 0x0f, 0x0b, 0xcc, 0xcc       # 14 ud2
  .byte 0xce, 0xcc, 0xcc, 0xcc       # 15 into
  .byte 0x0f, 0x32, 0xcc, 0xcc       # 16 rdmsr
  .byte 0x0f, 0x01, 0x16, 0xcc       # 17 lgdt
v86_programs_end:
CASE virtual-8086 mode, POPF changes what it may
  RUN_8086 1f, 2f, 0x23002
  .code16
1:
  pushw $0x7ed5
  popf
  pushf
  pop %ax
  .byte 0xcd, DONE
  .code32
2:
CASE virtual-8086 mode, IRET within
  RUN_8086 1f, 2f, 0x23002
  .code16
1:
  pushw $0x0ed5
  pushw $CODE_8086 >> 4
  pushw $3f - 1b
  iret
  hlt
3:
  pushf
  pop %ax
  .byte 0xcd, DONE
  .code32
2:
CASE virtual-8086 mode, far call and return
  RUN_8086 1f, 2f
  .code16
1:
  lcall $CODE_8086 >> 4, $3f - 1b
  mov %cs, %ax
  int3
3:
  mov %cs, %dx
  lret
  .code32
2:
CASE virtual-8086 mode, offset beyond the segment
  RUN_8086 1f, 2f
  .code16
1:
  mov $0xffff, %bx
  mov (%bx), %ax
  .code32
2:
CASE virtual-8086 mode, an exception and back
  SURVIVE 2
  movl $4f - 1f, ctl_fixup
  RUN_8086 1f, 2f
  .code16
1:
  xor %cx, %cx
  div %cx
  nop
4:
  mov %ds, %ax
  int3
  .code32
2:
CASE virtual-8086 mode, a handler of another privilege
  movw $0x20, IDT + 8 * 6 + 2
  RUN_8086 1f, 2f
  .code16
1:
  ud2
  .code32
2:
CASE virtual-8086 mode, a conforming handler
  movw $0x30, IDT + 8 * 6 + 2
  RUN_8086 1f, 2f
  .code16
1:
  ud2
  .code32
2:
CASE virtual-8086 mode, a task as its beginning
  movl $0x20002, TASK + 0x24
  movl $0, TASK + 0x20
  movl $CODE_8086 >> 4, TASK + 0x4c
  movl $STACK_8086 >> 4, TASK + 0x50
  movl $DATA_8086 >> 4, TASK + 0x54
  movl $0xcccd, CODE_8086
  movb $DONE, CODE_8086 + 1
  ljmp $0xe8, $0

# ---------------------------------------------------------------- I/O permission

CASE ports by the bitmap
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  TO_USER 2f
2:
  mov %esi, %edx
  add $0x7c, %edx
  test $1, %edx
  jnz 4f
  in %dx, %ax
4:
  in %dx, %al
  int $NEXT
3:
  inc %esi
  cmp $16, %esi
  jne 1b
  END
CASE ports by IOPL
  TO_USER 1f, flags=0x3002
1:
  in $0x81, %al
  mov $0, %eax
  END
CASE ports of a TSS without a bitmap
  movw $0x80, TSS + 0x66
  TO_USER 1f
1:
  in $0x80, %al
  END

# ---------------------------------------------------------------- alignment, 32-bit paging

CASE alignment checks
  mov %cr0, %eax
  or $0x40000, %eax
  mov %eax, %cr0
  TO_USER 1f, flags=0x40002
1:
  mov $0x1b, %eax
  mov %eax, %ds
  mov SCRATCH + 1, %cl
  mov SCRATCH + 2, %cx
  mov SCRATCH + 2, %edx
  END
CASE alignment checks need AM and privilege 3
  TO_USER 1f, flags=0x40002
1:
  mov $0x1b, %eax
  mov %eax, %ds
  mov SCRATCH + 2, %edx
  mov $0, %edx
  END
CASE page faults of 32-bit paging
  PAGING_ON
  GUARD 3f
  xor %esi, %esi
1:
  mov %esi, %eax
  int $ITEM
  mov %esi, %eax
  and $7, %eax
  or $PAGE, %eax
  mov %eax, PAGE_TABLE
  mov %esi, %eax
  shr $3, %eax
  and $7, %eax
  or $PAGE_TABLE, %eax
  mov %eax, PAGE_DIRECTORY + TEST / 0x100000
  mov %cr3, %eax
  mov %eax, %cr3
  movl $3f, ctl_fixup
  mov TEST, %eax
  int $NEXT
3:
  movl $3f, ctl_fixup
  movl $0, TEST
  int $NEXT
3:
  mov PAGE_TABLE, %eax
  int $SHOW
  movl $3f, ctl_fixup
  TO_USER 2f
2:
  mov $0x1b, %eax
  mov %eax, %ds
  mov TEST, %eax
  int $NEXT
3:
  movl $3f, ctl_fixup
  TO_USER 2f
2:
  mov $0x1b, %eax
  mov %eax, %ds
  movl $0, TEST
  int $NEXT
3:
  inc %esi
  cmp $64, %esi
  jne 1b
  END
CASE large pages of 32-bit paging
  PAGING_ON
  movl $0x400087, PAGE_DIRECTORY + TEST / 0x100000
  movl $0x1234, TEST + 0x100000 + SCRATCH - 0x500000
  mov SCRATCH, %eax
  mov PAGE_DIRECTORY + TEST / 0x100000, %ecx
  END
CASE reserved bit of a 4 MiB page
  PAGING_ON
  movl $0x600087, PAGE_DIRECTORY + TEST / 0x100000
  mov TEST, %eax
  END
CASE PAE paging
  movl $PAGE_DIRECTORY + 1, PDPT
  mov $PAGE_DIRECTORY, %edi
  mov $0x83, %eax
1:
  mov %eax, (%edi)
  movl $0, 4(%edi)
  add $8, %edi
  add $0x200000, %eax
  cmp $0x40000083, %eax
  jne 1b
  movl $PAGE_TABLE + 7, PAGE_DIRECTORY + TEST / 0x40000
  movl $0, PAGE_TABLE + 4
  mov $PDPT, %eax
  mov %eax, %cr3
  mov $0x20, %eax
  mov %eax, %cr4
  mov $0x80010033, %eax
  mov %eax, %cr0
  SURVIVE 3
  movl $1f, ctl_fixup
  movl $0x77, PAGE
  mov TEST, %eax
  mov PAGE_TABLE, %ecx
  mov TEST + 0x40000000, %edx
1:
  movl $1f, ctl_fixup
  movl $0, PAGE_TABLE
  mov %cr3, %eax
  mov %eax, %cr3
  mov TEST, %edx
1:
  nop
  END

# ---------------------------------------------------------------- debugging

CASE single step in virtual-8086 mode
  SURVIVE 2
  RUN_8086 1f, 2f, 0x20102
  .code16
1:
  inc %cx
  inc %cx
  inc %cx
  .code32
2:
CASE breakpoint by a segment with a base
  movl $0x00409300 | 0x51, GDT + 0x70 + 4
  movl $0x80000fff, GDT + 0x70
  mov $0x70, %eax
  mov %eax, %fs
  mov $0x518010, %eax
  mov %eax, %dr0
  mov $0x000d0402, %eax
  mov %eax, %dr7
  movl $1, %fs:0x10
  END

  LAST_CASE
