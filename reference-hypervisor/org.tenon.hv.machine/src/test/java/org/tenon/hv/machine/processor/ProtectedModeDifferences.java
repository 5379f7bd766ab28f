package org.tenon.hv.machine.processor;

/** QEMU's differences in the cases of protected.S. */
final class ProtectedModeDifferences extends QemuDifferences {}
