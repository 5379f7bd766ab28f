/**
 * The program inside the machine. These classes never run on a Java virtual machine: the image
 * builder compiles them to machine code for a processor without an operating system. So they have
 * static methods over int, long and string literals only, and fields that begin with 0; {@code
 * native} methods are the builder's.
 *
 * <p>{@code Probe} begins; the classes named after hardware or {@code …Probe} check clauses of
 * spec/requirements/hypervisor.yaml, whose number is the first argument of {@code Report.check} and
 * its like. Every wait has an end ({@code Time}), and an exception ends a part of the probe and not
 * all of it ({@code Traps}).
 */
@NullMarked
package org.tenon.tck.hypervisor.guest;

import org.jspecify.annotations.NullMarked;
