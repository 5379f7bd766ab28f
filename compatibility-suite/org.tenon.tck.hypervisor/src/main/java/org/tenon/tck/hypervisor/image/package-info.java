/**
 * A compiler from class files to a bootable ELF image, for programs of static methods over int and
 * long. {@link org.tenon.tck.hypervisor.image.ImageBuilder} follows the calls from the program's
 * {@code main}, {@code MethodCompiler} turns each method into x86-64 code by the table in {@code
 * Operations}, {@code Natives} has what Java cannot say, {@code Startup} the way from the boot
 * loader to {@code main} and the interrupt handlers. Single thread; nothing is kept between builds.
 */
@NullMarked
package org.tenon.tck.hypervisor.image;

import org.jspecify.annotations.NullMarked;
