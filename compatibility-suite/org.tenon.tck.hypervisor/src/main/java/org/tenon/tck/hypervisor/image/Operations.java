package org.tenon.tck.hypervisor.image;

import java.lang.classfile.Opcode;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Java's instructions without operands, and the beginnings of its conditional branches, in x86-64
 * code over the stack that {@link MethodCompiler} describes.
 */
final class Operations {
  /** To RAX and RCX, two ints. */
  private static final String INTS = "59 58 ";

  /** The same for two longs, which take two slots each. */
  private static final String LONGS = "59 59 58 58 ";

  private static final String PUSH_INT = " 50";
  private static final String PUSH_LONG = " 50 50";
  private static final Map<Opcode, String> CODE = new EnumMap<>(Opcode.class);

  static {
    arithmetic();
    shiftsAndConversions();
    stack();
    branches();
  }

  private Operations() {}

  /** The code for an instruction, or null. */
  static @Nullable String of(Opcode opcode) {
    return CODE.get(opcode);
  }

  /** An operation on ints in EAX and ECX; with a prefix it is one on longs. */
  private static void both(Opcode onInts, Opcode onLongs, String operation) {
    CODE.put(onInts, INTS + operation + PUSH_INT);
    CODE.put(onLongs, LONGS + "48" + operation + PUSH_LONG);
  }

  private static void arithmetic() {
    both(Opcode.IADD, Opcode.LADD, "01c8");
    both(Opcode.ISUB, Opcode.LSUB, "29c8");
    both(Opcode.IMUL, Opcode.LMUL, "0fafc1");
    both(Opcode.IAND, Opcode.LAND, "21c8");
    both(Opcode.IOR, Opcode.LOR, "09c8");
    both(Opcode.IXOR, Opcode.LXOR, "31c8");
    CODE.put(Opcode.IDIV, INTS + "99 f7f9 50"); // cdq; idiv ecx
    CODE.put(Opcode.IREM, INTS + "99 f7f9 52");
    CODE.put(Opcode.LDIV, LONGS + "4899 48f7f9 50 50"); // cqo; idiv rcx
    CODE.put(Opcode.LREM, LONGS + "4899 48f7f9 52 52");
    CODE.put(Opcode.INEG, "58 f7d8 50");
    CODE.put(Opcode.LNEG, "58 58 48f7d8 50 50");
    // cmp rax, rcx; setg al; setl cl; sub al, cl; movsx eax, al
    CODE.put(Opcode.LCMP, LONGS + "4839c8 0f9fc0 0f9cc1 28c8 0fbec0 50");
  }

  private static void shiftsAndConversions() {
    CODE.put(Opcode.ISHL, INTS + "d3e0 50");
    CODE.put(Opcode.ISHR, INTS + "d3f8 50");
    CODE.put(Opcode.IUSHR, INTS + "d3e8 50");
    // The count of a long's shift is an int.
    CODE.put(Opcode.LSHL, "59 58 58 48d3e0 50 50");
    CODE.put(Opcode.LSHR, "59 58 58 48d3f8 50 50");
    CODE.put(Opcode.LUSHR, "59 58 58 48d3e8 50 50");
    CODE.put(Opcode.I2L, "58 4863c0 50 50"); // movsxd rax, eax
    CODE.put(Opcode.L2I, "58");
    CODE.put(Opcode.I2B, "58 0fbec0 50");
    CODE.put(Opcode.I2S, "58 0fbfc0 50");
    CODE.put(Opcode.I2C, "58 0fb7c0 50");
  }

  /** Values come off as rax, rcx, rdx, the topmost first. */
  private static void stack() {
    CODE.put(Opcode.NOP, "90");
    CODE.put(Opcode.POP, "58");
    CODE.put(Opcode.POP2, "58 58");
    CODE.put(Opcode.DUP, "58 50 50");
    CODE.put(Opcode.DUP_X1, "58 59 50 51 50");
    CODE.put(Opcode.DUP_X2, "58 59 5a 50 52 51 50");
    CODE.put(Opcode.DUP2, "58 59 51 50 51 50");
    CODE.put(Opcode.DUP2_X1, "58 59 5a 51 50 52 51 50");
    CODE.put(Opcode.SWAP, "58 59 50 51");
  }

  /** Up to the condition of a near jump, whose distance follows. */
  private static void branches() {
    String[] conditions = {"0f84", "0f85", "0f8c", "0f8d", "0f8f", "0f8e"};
    Opcode[] withZero = {
      Opcode.IFEQ, Opcode.IFNE, Opcode.IFLT, Opcode.IFGE, Opcode.IFGT, Opcode.IFLE
    };
    Opcode[] withAnother = {
      Opcode.IF_ICMPEQ,
      Opcode.IF_ICMPNE,
      Opcode.IF_ICMPLT,
      Opcode.IF_ICMPGE,
      Opcode.IF_ICMPGT,
      Opcode.IF_ICMPLE
    };
    for (int i = 0; i < conditions.length; i++) {
      CODE.put(withZero[i], "58 85c0 " + conditions[i]); // test eax, eax
      CODE.put(withAnother[i], INTS + "39c8 " + conditions[i]); // cmp eax, ecx
    }
  }
}
