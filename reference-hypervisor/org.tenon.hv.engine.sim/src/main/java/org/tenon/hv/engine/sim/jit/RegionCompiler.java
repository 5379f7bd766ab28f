package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles regions of 64-bit code to hidden classes. Any thread. */
public final class RegionCompiler {
  /** HotSpot compiles no method above this size. */
  private static final int MAX_BYTECODE = 8000;

  private static final ClassDesc THIS =
      ClassDesc.of(RegionCompiler.class.getPackageName() + ".Region");
  private static final ClassDesc INTERFACE = CompiledRegion.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(ConstantDescs.CD_void, Emitter.CPU, Emitter.CODE, ConstantDescs.CD_int);

  private RegionCompiler() {}

  /** Compiles as many of the blocks as one method takes; null if it takes not even the head. */
  public static @Nullable RegionCode compile(RegionPlan plan) {
    for (RegionPlan part = plan; !part.blocks().isEmpty(); part = part.half()) {
      Draft draft = new Draft(part);
      byte[] bytes = draft.classFile();
      if (bytes.length <= MAX_BYTECODE || longestMethod(bytes) <= MAX_BYTECODE) {
        return draft.places.code(define(bytes, draft.constants), part);
      }
    }
    return null;
  }

  /** A class being made. The class file API may ask for the method's body more than once. */
  private static final class Draft {
    private final RegionPlan plan;
    private Places places;
    private List<Object> constants = List.of();

    Draft(RegionPlan plan) {
      this.plan = plan;
      this.places = new Places(plan);
    }

    byte[] classFile() {
      return ClassFile.of()
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
                      .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, this::body));
    }

    private void body(CodeBuilder code) {
      places = new Places(plan);
      constants = new ArrayList<>();
      new RegionBody(code, plan, places, constants).emit();
    }
  }

  private static CompiledRegion define(byte[] bytes, List<Object> constants) {
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.lookup().defineHiddenClassWithClassData(bytes, constants, false);
      return (CompiledRegion)
          lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("compiled region does not load", e);
    }
  }

  private static int longestMethod(byte[] bytes) {
    return ClassFile.of().parse(bytes).methods().stream()
        .flatMap(method -> method.findAttribute(Attributes.code()).stream())
        .mapToInt(CodeAttribute::codeLength)
        .max()
        .orElse(0);
  }
}
