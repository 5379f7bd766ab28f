package org.tenon.tck.hypervisor.image;

import java.lang.classfile.Attributes;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tenon.tck.hypervisor.image.MachineCode.Label;

/**
 * Turns one static method of a class file into x86-64 code, an instruction at a time.
 *
 * <p>The operand stack of the Java virtual machine is the processor's own, 8 bytes a slot; a long
 * takes two, as in the class file, and both hold it. The caller pushes the arguments, the callee
 * takes them off and answers in RAX:
 *
 * <pre>{@code
 * [rbp + 16 + 8 (n - 1 - k)]  argument slot k of n
 * [rbp + 8]                   return address
 * [rbp]                       the caller's rbp
 * [rbp - 8 (k - n + 1)]       local slot k >= n
 * }</pre>
 */
final class MethodCompiler {
  private final MachineCode code;
  private final ProgramSymbols symbols;
  private final MethodModel method;
  private final int arguments;
  private final Map<java.lang.classfile.Label, Label> labels = new HashMap<>();

  private MethodCompiler(MachineCode code, ProgramSymbols symbols, MethodModel method) {
    this.code = code;
    this.symbols = symbols;
    this.method = method;
    arguments = slots(method.methodTypeSymbol());
  }

  /**
   * Compiles a method to where the code ends now.
   *
   * @throws IllegalArgumentException if it uses what an image cannot have; the message names it
   */
  static void compile(MachineCode code, ProgramSymbols symbols, MethodModel method) {
    new MethodCompiler(code, symbols, method).compile();
  }

  /** How many slots the arguments of a method take. */
  static int slots(MethodTypeDesc type) {
    return type.parameterList().stream().mapToInt(each -> TypeKind.from(each).slotSize()).sum();
  }

  private void compile() {
    CodeAttribute body =
        method
            .findAttribute(Attributes.code())
            .orElseThrow(() -> new IllegalArgumentException(name() + " has no code"));
    code.emit("55 4889e5"); // push rbp; mov rbp, rsp
    code.emit("4881ec").int32(8 * Math.max(0, body.maxLocals() - arguments)); // sub rsp, n
    for (CodeElement element : body) {
      switch (element) {
        case LabelTarget target -> code.bind(label(target.label()));
        case Instruction instruction -> translate(instruction);
        default -> {}
      }
    }
  }

  private String name() {
    return method.parent().orElseThrow().thisClass().asInternalName()
        + "."
        + method.methodName().stringValue();
  }

  private Label label(java.lang.classfile.Label target) {
    return labels.computeIfAbsent(target, any -> MachineCode.label(name()));
  }

  private void translate(Instruction instruction) {
    switch (instruction) {
      case LoadInstruction load -> load(load.slot(), load.typeKind());
      case StoreInstruction store -> store(store.slot(), store.typeKind());
      case IncrementInstruction add ->
          code.emit("8185").int32(offset(add.slot())).int32(add.constant()); // add [rbp+n], c
      case ConstantInstruction constant -> constant(constant);
      case BranchInstruction branch -> branch(branch);
      case TableSwitchInstruction table -> choose(table.cases(), table.defaultTarget());
      case LookupSwitchInstruction table -> choose(table.cases(), table.defaultTarget());
      case InvokeInstruction invoke -> invoke(invoke);
      case FieldInstruction field -> field(field);
      case ReturnInstruction back -> giveBack(back.typeKind());
      default -> code.emit(plain(instruction));
    }
  }

  private String plain(Instruction instruction) {
    String hex = Operations.of(instruction.opcode());
    if (hex == null) {
      throw refused(instruction.opcode().toString());
    }
    return hex;
  }

  private IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(
        "%s uses %s; an image has static methods over int, long and string literals"
            .formatted(name(), what));
  }

  private int offset(int slot) {
    return slot < arguments ? 16 + 8 * (arguments - 1 - slot) : -8 * (slot - arguments + 1);
  }

  private static boolean isWide(TypeKind kind) {
    return kind == TypeKind.LONG;
  }

  private void load(int slot, TypeKind kind) {
    for (int i = 0; i < kind.slotSize(); i++) {
      code.emit("ffb5").int32(offset(slot)); // push [rbp+n]
    }
  }

  private void store(int slot, TypeKind kind) {
    if (isWide(kind)) {
      code.emit("58"); // pop rax
    }
    code.emit("8f85").int32(offset(slot)); // pop [rbp+n]
  }

  private void constant(ConstantInstruction constant) {
    switch (constant.constantValue()) {
      case Integer value -> code.emit("68").int32(value); // push imm32
      case Long value -> code.emit("48b8").int64(value).emit("50 50"); // mov rax, imm64; push twice
      case String text -> code.emit("68").absolute(symbols.text(text));
      default -> throw refused("a constant of another kind");
    }
  }

  private void branch(BranchInstruction branch) {
    Opcode opcode = branch.opcode();
    code.emit(opcode == Opcode.GOTO || opcode == Opcode.GOTO_W ? "e9" : plain(branch));
    code.relative(label(branch.target()));
  }

  private void choose(List<SwitchCase> cases, java.lang.classfile.Label otherwise) {
    code.emit("58"); // pop rax
    for (SwitchCase each : cases) {
      code.emit("3d").int32(each.caseValue()); // cmp eax, imm32
      code.emit("0f84").relative(label(each.target())); // je
    }
    code.emit("e9").relative(label(otherwise)); // jmp
  }

  private void invoke(InvokeInstruction invoke) {
    String called = invoke.name().stringValue();
    if (invoke.opcode() == Opcode.INVOKEVIRTUAL
        && invoke.owner().asInternalName().equals("java/lang/String")) {
      switch (called) {
        case "length" -> code.emit("58 8b00 50"); // pop rax; mov eax, [rax]; push rax
        // pop rcx; pop rax; mov ecx, ecx; movzx eax, byte [rax+rcx+4]; push rax
        case "charAt" -> code.emit("59 58 89c9 0fb6440804 50");
        default -> throw refused("String." + called);
      }
      return;
    }
    if (invoke.opcode() != Opcode.INVOKESTATIC) {
      throw refused("a call of " + called + " on an object");
    }
    code.emit("e8");
    code.relative(
        symbols.method(invoke.owner().asInternalName(), called, invoke.type().stringValue()));
    TypeKind answer = TypeKind.from(invoke.typeSymbol().returnType());
    for (int i = 0; i < answer.slotSize(); i++) {
      code.emit("50"); // push rax
    }
  }

  private void field(FieldInstruction field) {
    Label cell = symbols.field(field.owner().asInternalName(), field.name().stringValue());
    boolean wide = isWide(TypeKind.from(field.typeSymbol()));
    switch (field.opcode()) {
      case GETSTATIC -> {
        for (int i = 0; i < (wide ? 2 : 1); i++) {
          code.emit("ff3425").absolute(cell); // push [cell]
        }
      }
      case PUTSTATIC -> code.emit(wide ? "58" : "").emit("8f0425").absolute(cell); // pop [cell]
      default -> throw refused("a field of an object");
    }
  }

  private void giveBack(TypeKind kind) {
    if (kind.slotSize() > 0) {
      code.emit("58"); // pop rax
    }
    code.emit("c9 c2").int16(8 * arguments); // leave; ret n
  }
}
