package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.exec.Handler;

/** Compiles blocks of 64-bit code to hidden classes. Called on the processor's thread. */
public final class BlockCompiler {
  /** HotSpot compiles no method above this size. */
  private static final int MAX_BYTECODE = 8000;

  private static final ClassDesc THIS =
      ClassDesc.of(BlockCompiler.class.getPackageName() + ".Compiled");
  private static final ClassDesc INTERFACE = CompiledBlock.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(ConstantDescs.CD_void, Emitter.CPU, ConstantDescs.CD_long);

  private BlockCompiler() {}

  /**
   * Compiles.
   *
   * @param insns the block, of 64-bit code
   * @param handlers their handlers
   * @return the code, or null if it would be too large to be worth it
   */
  public static @Nullable CompiledBlock compile(Insn[] insns, Handler[] handlers) {
    byte[] bytes =
        ClassFile.of()
            .build(
                THIS,
                type ->
                    type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                        .withInterfaceSymbols(INTERFACE)
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        ConstantDescs.CD_Object,
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "run", RUN, ClassFile.ACC_PUBLIC, code -> body(code, insns)));
    if (bytes.length > MAX_BYTECODE && longestMethod(bytes) > MAX_BYTECODE) {
      return null;
    }
    List<Object> constants = new ArrayList<>();
    for (int k = 0; k < insns.length; k++) {
      constants.add(handlers[k]);
      constants.add(insns[k]);
    }
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.lookup().defineHiddenClassWithClassData(bytes, constants, false);
      return (CompiledBlock)
          lookup
              .findConstructor(
                  lookup.lookupClass(), java.lang.invoke.MethodType.methodType(void.class))
              .invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("compiled block does not load", e);
    }
  }

  private static int longestMethod(byte[] bytes) {
    return ClassFile.of().parse(bytes).methods().stream()
        .flatMap(method -> method.findAttribute(Attributes.code()).stream())
        .mapToInt(CodeAttribute::codeLength)
        .max()
        .orElse(0);
  }

  private static void body(CodeBuilder code, Insn[] insns) {
    Emitter emitter = new Emitter(code);
    InstructionCompiler compiler = new InstructionCompiler(emitter);
    emitter.prologue();
    var top = code.newBoundLabel();
    int last = insns.length - 1;
    for (int k = 0; k <= last; k++) {
      if (k == last) {
        emitter.setRip(insns[k].next);
      }
      compiler.compile(insns, k);
    }
    String end = insns[last].definition.name();
    if (end.equals("Jcc") || end.equals("JMP")) {
      emitter.loopEpilogue(insns.length, insns[0].rip, top);
    } else {
      emitter.epilogue(insns.length);
    }
  }
}
