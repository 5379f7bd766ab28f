package org.tenon.tck.hypervisor.guest;

/** The processor's state at the entry point, kept before anything changes it. */
final class Boot {
  static int eax;
  static int cr0;
  static int flags;

  /** EBX: where the boot information lies. */
  static int startInfo;

  private Boot() {}
}
