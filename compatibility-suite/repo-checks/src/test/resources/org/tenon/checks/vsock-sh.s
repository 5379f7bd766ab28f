# vsock-sh PORT COMMAND    runs a shell command whose standard input and output are an AF_VSOCK stream:
# connected to PORT of the host, or, where PORT begins with @, the first connection to that port of the guest.
# Static, without a C library: as -o vsock-sh.o vsock-sh.s && ld -o vsock-sh vsock-sh.o

	.intel_syntax noprefix
	.set	SYS_DUP2, 33
	.set	SYS_SOCKET, 41
	.set	SYS_CONNECT, 42
	.set	SYS_ACCEPT, 43
	.set	SYS_BIND, 49
	.set	SYS_LISTEN, 50
	.set	SYS_EXECVE, 59
	.set	SYS_EXIT, 60
	.set	AF_VSOCK, 40
	.set	SOCK_STREAM, 1
	.set	CID_ANY, -1
	.set	CID_HOST, 2

	.bss
	.balign	8
address:	.skip	16		# struct sockaddr_vm: family, reserved, port, context id, zeroes
arguments:	.skip	32

	.data
shell:	.asciz	"/bin/sh"
option:	.asciz	"-c"

	.text
	.globl	_start
_start:
	mov	rbx, [rsp + 16]		# PORT
	mov	r12, [rsp + 24]		# COMMAND
	lea	r13, [rsp + 40]		# the environment, behind the null that ends three arguments
	xor	r14d, r14d		# whether to listen
	cmp	byte ptr [rbx], '@'
	jne	number
	inc	rbx
	inc	r14d
number:
	xor	r15d, r15d
digit:	movzx	eax, byte ptr [rbx]
	sub	eax, '0'
	jc	numbered
	imul	r15d, r15d, 10
	add	r15d, eax
	inc	rbx
	jmp	digit
numbered:
	mov	word ptr [address], AF_VSOCK
	mov	[address + 4], r15d
	mov	dword ptr [address + 8], CID_HOST
	mov	eax, SYS_SOCKET
	mov	edi, AF_VSOCK
	mov	esi, SOCK_STREAM
	xor	edx, edx
	syscall
	call	check
	mov	ebp, eax
	mov	edi, ebp
	lea	rsi, address
	mov	edx, 16
	test	r14d, r14d
	jnz	listen
	mov	eax, SYS_CONNECT
	syscall
	call	check
	jmp	run
listen:
	mov	dword ptr [address + 8], CID_ANY
	mov	eax, SYS_BIND
	syscall
	call	check
	mov	eax, SYS_LISTEN
	mov	edi, ebp
	mov	esi, 1
	syscall
	call	check
	mov	eax, SYS_ACCEPT
	mov	edi, ebp
	xor	esi, esi
	xor	edx, edx
	syscall
	call	check
	mov	ebp, eax
run:
	mov	eax, SYS_DUP2
	mov	edi, ebp
	xor	esi, esi
	syscall
	call	check
	mov	eax, SYS_DUP2
	mov	edi, ebp
	mov	esi, 1
	syscall
	call	check
	lea	rdi, shell
	mov	[arguments], rdi
	lea	rax, option
	mov	[arguments + 8], rax
	mov	[arguments + 16], r12
	lea	rsi, arguments
	mov	rdx, r13
	mov	eax, SYS_EXECVE
	syscall

# Ends with the error number of a call that failed.
check:	test	rax, rax
	js	failed
	ret
failed:	neg	eax
	mov	edi, eax
	mov	eax, SYS_EXIT
	syscall
