package org.tenon.hv.platform.boot;

import java.nio.ByteBuffer;
import org.tenon.hv.platform.MemoryMap;

/**
 * What to start.
 *
 * @param kernel the kernel file
 * @param initrd the initial RAM disk; empty for none
 * @param commandLine the kernel's parameters, ASCII
 * @param memoryMap what to tell about memory
 * @param rootPointer where the ACPI root pointer lies
 */
public record BootRequest(
    ByteBuffer kernel,
    ByteBuffer initrd,
    String commandLine,
    MemoryMap memoryMap,
    long rootPointer) {}
