package org.tenon.tck.hypervisor.image;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of the {@code native} methods of the guest's class {@code Cpu}: what Java has no words
 * for. Arguments lie above the return address, the last one first; a long's upper slot comes before
 * it. The method takes them off.
 */
final class Natives {
  private static final String RETURN = " c3";
  private static final String RETURN_1 = " c2 0800";
  private static final String RETURN_2 = " c2 1000";
  private static final String RETURN_3 = " c2 1800";
  private static final String RETURN_4 = " c2 2000";

  /** To RDX, an int that is the only argument. */
  private static final String PORT = "8b542408 ";

  /** To RDX and RAX, two ints. */
  private static final String PORT_AND_VALUE = "8b542410 8b442408 ";

  /** To RCX, a long that is the only argument. */
  private static final String ADDRESS = "488b4c2408 ";

  /** To RCX and RAX, a long and an int. */
  private static final String ADDRESS_AND_INT = "488b4c2410 8b442408 ";

  private static final Map<String, String> CODE =
      Map.ofEntries(
          Map.entry("in8(I)I", PORT + "31c0 ec" + RETURN_1),
          Map.entry("in16(I)I", PORT + "31c0 66ed" + RETURN_1),
          Map.entry("in32(I)I", PORT + "ed" + RETURN_1),
          Map.entry("out8(II)V", PORT_AND_VALUE + "ee" + RETURN_2),
          Map.entry("out16(II)V", PORT_AND_VALUE + "66ef" + RETURN_2),
          Map.entry("out32(II)V", PORT_AND_VALUE + "ef" + RETURN_2),
          Map.entry("read8(J)I", ADDRESS + "0fb601" + RETURN_2),
          Map.entry("read16(J)I", ADDRESS + "0fb701" + RETURN_2),
          Map.entry("read32(J)I", ADDRESS + "8b01" + RETURN_2),
          Map.entry("read64(J)J", ADDRESS + "488b01" + RETURN_2),
          Map.entry("write8(JI)V", ADDRESS_AND_INT + "8801" + RETURN_3),
          Map.entry("write16(JI)V", ADDRESS_AND_INT + "668901" + RETURN_3),
          Map.entry("write32(JI)V", ADDRESS_AND_INT + "8901" + RETURN_3),
          // mov rcx, [rsp+24]; mov rax, [rsp+8]; mov [rcx], rax
          Map.entry("write64(JJ)V", "488b4c2418 488b442408 488901" + RETURN_4),
          // mov eax, [rsp+24]; mov ecx, [rsp+16]; push rbx; cpuid; then the register asked for
          Map.entry(
              "cpuid(III)I",
              "8b442418 8b4c2410 53 0fa2 448b442410"
                  + "4183f800 7416 4183f801 740a 4183f802 7408 89d0 eb06 89d8 eb02 89c8 5b"
                  + RETURN_3),
          // mov ecx, [rsp+8]; rdmsr; shl rdx, 32; or rax, rdx
          Map.entry("rdmsr(I)J", "8b4c2408 0f32 48c1e220 89c0 4809d0" + RETURN_1),
          // mov ecx, [rsp+24]; mov rax, [rsp+8]; mov rdx, rax; shr rdx, 32; wrmsr
          Map.entry("wrmsr(IJ)V", "8b4c2418 488b442408 4889c2 48c1ea20 0f30" + RETURN_3),
          Map.entry("rdtsc()J", "0f31 48c1e220 89c0 4809d0" + RETURN),
          Map.entry("flushTlb()V", "0f20d8 0f22d8" + RETURN),
          Map.entry("enableInterrupts()V", "fb" + RETURN),
          Map.entry("disableInterrupts()V", "fa" + RETURN),
          Map.entry("waitForInterrupt()V", "fb f4 fa" + RETURN),
          Map.entry("fence()V", "0faef0" + RETURN),
          Map.entry("pause()V", "f390" + RETURN),
          Map.entry("undefined()V", "0f0b" + RETURN),
          Map.entry("jump(J)V", "ff642408"));

  private Natives() {}

  /** The body of a native method, or null. */
  static @Nullable String of(String nameAndDescriptor) {
    return CODE.get(nameAndDescriptor);
  }
}
