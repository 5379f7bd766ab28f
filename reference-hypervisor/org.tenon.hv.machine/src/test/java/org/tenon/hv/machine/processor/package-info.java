/**
 * The simulator as a whole processor, against QEMU: images of small cases in assembly, which set up
 * a situation (a bad selector, a page without rights, a breakpoint, an interrupt behind STI) and
 * print what the processor did about it. The same image runs on both; {@link
 * org.tenon.hv.machine.processor.ProcessorDifferenceTest} compares the lines, {@link
 * org.tenon.hv.machine.processor.QemuDifferences} lists where QEMU does otherwise than the manuals
 * say.
 *
 * <p>A line begins with the case's name. An event reads {@code vector/error at cs:rip flags rflags
 * stack ss:rsp frame rsp-in-the-handler}, all in hexadecimal, RIP relative to the case; then CR2,
 * DR6, segment and general registers that the case has changed. {@code >} means that the program
 * went on. In tables, {@code item: vector/error} stands for an event, {@code item: fd=cs} for none,
 * with the code segment that was reached.
 */
@NullMarked
package org.tenon.hv.machine.processor;

import org.jspecify.annotations.NullMarked;
