// The way in of a PVH kernel (32-bit, paging off) to 64-bit mode with the first 1 GiB mapped one to one and SSE on.
        .section .note.Xen, "a", @note
        .long 4, 4, 18                  // XEN_ELFNOTE_PHYS32_ENTRY
        .asciz "Xen"
        .long start

        .text
        .code32
        .globl start
start:  cli
        movl $stack_top, %esp
        movl $level3 + 7, level4
        movl $level2 + 7, level3
        movl $level2, %edi
        movl $0x87, %eax                // 2 MiB pages
        movl $512, %ecx
1:      movl %eax, (%edi)
        addl $0x200000, %eax
        addl $8, %edi
        loop 1b
        movl %cr4, %eax
        orl $0x620, %eax                // PAE, OSFXSR, OSXMMEXCPT
        movl %eax, %cr4
        movl $level4, %eax
        movl %eax, %cr3
        movl $0xc0000080, %ecx
        rdmsr
        orl $0x100, %eax                // LME
        wrmsr
        movl %cr0, %eax
        andl $~0xc, %eax                // EM, TS
        orl $0x80000003, %eax           // PG, MP, PE
        movl %eax, %cr0
        lgdt gdt_pointer
        ljmp $8, $long_mode

        .code64
long_mode:
        movl $16, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        call run
        lidt no_idt                     // triple fault: the machine resets, which ends the run
        int3

        .data
        .balign 8
gdt:    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
        .word 23
        .long gdt
        .balign 8
no_idt: .word 0
        .quad 0

        .bss
        .balign 4096
level4: .skip 4096
level3: .skip 4096
level2: .skip 4096
        .skip 65536
stack_top:
