package org.tenon.hv.memory;

/**
 * Whoever must know what was written to RAM on the guest's behalf by others than its processors,
 * such as an engine that keeps translations of the code there.
 */
@FunctionalInterface
public interface WriteListener {
  /**
   * Bytes were written. Called by the thread that wrote them or that knows of it, before the guest
   * is told; must not block.
   *
   * @param address guest-physical address of the first
   * @param length how many
   */
  void written(long address, long length);
}
