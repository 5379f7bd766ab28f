package org.tenon.hv.engine.sim.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tenon.hv.engine.sim.decode.Insn;

/**
 * Emits the method of a region: its blocks, the edges between them, the ways out, one epilogue and
 * one handler for what an instruction throws. A block's instructions are taken from the budget on
 * the edge that leads to it; where they do not fit, the edge leaves the region.
 */
final class RegionBody {
  private static final MethodTypeDesc TARGET =
      MethodTypeDesc.of(ConstantDescs.CD_long, Emitter.CPU, ConstantDescs.CD_long);

  private final RegionPlan plan;
  private final Places places;
  private final List<Object> constants;
  private final CodeBuilder code;
  private final Emitter emit;
  private final FlagEmitter flags;
  private final IntegerInstructions integers;
  private final BitInstructions bits;
  private final SseInstructions vectors;
  private final FlagUse[] uses;
  private final int[] reads;
  private final Map<Long, Integer> byRip;
  private final Label[] starts;
  private final Label epilogue;
  private final Label thrown;
  private final List<Label> ranges = new ArrayList<>();
  private int block;

  /**
   * Emits to {@code code}.
   *
   * @param places filled with where control may leave
   * @param constants filled with the class data
   */
  RegionBody(CodeBuilder code, RegionPlan plan, Places places, List<Object> constants) {
    this.plan = plan;
    this.places = places;
    this.constants = constants;
    this.code = code;
    emit = new Emitter(code, registers(plan));
    flags = new FlagEmitter(code);
    integers = new IntegerInstructions(emit, flags);
    bits = new BitInstructions(emit, flags, integers);
    vectors = new SseInstructions(emit);
    uses = plan.blocks().stream().map(part -> new FlagUse(part.insns())).toArray(FlagUse[]::new);
    byRip = plan.byRip();
    reads = liveReads();
    starts = new Label[plan.blocks().size()];
    for (int k = 0; k < starts.length; k++) {
      starts[k] = code.newLabel();
    }
    epilogue = code.newLabel();
    thrown = code.newLabel();
  }

  private static int registers(RegionPlan plan) {
    int set = 0;
    for (RegionPlan.Part part : plan.blocks()) {
      for (Insn insn : part.insns()) {
        set |= NativeForms.registers(insn);
      }
    }
    return set;
  }

  /** The flags that each block, or what comes after it in the region, reads before writing them. */
  private int[] liveReads() {
    int[] live = new int[uses.length];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int k = uses.length - 1; k >= 0; k--) {
        int after = 0;
        for (long next : Successors.of(plan, k)) {
          after |= live[Objects.requireNonNull(byRip.get(next))];
        }
        int now = uses[k].reads() | (after & ~uses[k].writes());
        changed |= now != live[k];
        live[k] = now;
      }
    }
    return live;
  }

  void emit() {
    emit.prologue();
    flags.prologue();
    countDown(0);
    code.goto_(starts[0]);
    for (block = 0; block < starts.length; block++) {
      code.labelBinding(starts[block]);
      open();
      vectors.forget();
      flags.begin(entryState(block));
      block(plan.blocks().get(block));
    }
    close();
    epilogue();
    handler();
  }

  /** How the flags derive where a block begins: only what it reads need be at hand. */
  private int entryState(int k) {
    return reads[k] == 0 ? LazyFlags.DYNAMIC : LazyFlags.CANONICAL;
  }

  /** From here on what is thrown goes to the handler. */
  private void open() {
    if ((ranges.size() & 1) == 0) {
      ranges.add(code.newBoundLabel());
      code.nop(); // a range must not be empty
    }
  }

  private void close() {
    if ((ranges.size() & 1) != 0) {
      ranges.add(code.newBoundLabel());
    }
  }

  private void countDown(int k) {
    code.iload(Emitter.LEFT).loadConstant(plan.blocks().get(k).insns().size());
    code.isub().istore(Emitter.LEFT);
  }

  private void block(RegionPlan.Part part) {
    List<Insn> insns = part.insns();
    int last = insns.size() - 1;
    int first = places.first(block);
    for (int k = 0; k < last; k++) {
      instruction(part, k, first + k);
    }
    Insn end = insns.get(last);
    places.flags(first + last, flags.state());
    switch (end.definition.name()) {
      case "Jcc" -> {
        Label taken = code.newLabel();
        flags.jumpIf(end.cc, taken);
        int state = flags.state();
        edge(end.next);
        code.labelBinding(taken);
        flags.begin(state);
        edge(end.target);
      }
      case "JMP" -> edge(end.target);
      case "CALL" -> {
        emit.position(first + last);
        code.loadConstant(end.next).lstore(Emitter.RESULT);
        integers.pushResult();
        edge(end.target);
      }
      case "CALL.near", "JMP.near" -> indirect(end, first + last);
      case "RET" -> ret(end, first + last);
      default -> {
        boolean left = instruction(part, last, first + last);
        if (!left) {
          edge(end.next);
        }
      }
    }
  }

  /** Emits an instruction that is no jump; true if the region is left behind it in any case. */
  private boolean instruction(RegionPlan.Part part, int k, int place) {
    Insn insn = part.insns().get(k);
    places.flags(place, flags.state());
    boolean quiet = NativeForms.isQuiet(insn);
    if (NativeForms.covers(insn) || quiet) {
      if (NativeForms.mayLeave(insn)) {
        emit.position(place);
      }
      int needed = uses[block].needed(k);
      if (!NativeForms.covers(insn)) {
        quietHandler(part, k);
      } else if (!integers.compile(insn, needed)
          && !bits.compile(insn, needed)
          && !vectors.compile(insn)) {
        throw new IllegalStateException("no bytecode for " + insn);
      }
      return false;
    }
    handlerCall(part, k, place);
    return insn.endsBlock;
  }

  private int constantsOf(RegionPlan.Part part, int k) {
    constants.add(part.handlers().get(k));
    constants.add(part.insns().get(k));
    return constants.size() - 2;
  }

  private void quietHandler(RegionPlan.Part part, int k) {
    Insn insn = part.insns().get(k);
    for (int register : new int[] {insn.base, insn.index}) {
      if (register != Insn.NO_REGISTER) {
        emit.storeRegister(register);
      }
    }
    emit.handler(constantsOf(part, k));
  }

  /**
   * Everything goes back to the processor, and what the handler throws leaves by itself. Behind it
   * the region is left if the handler ends the block or asks to leave.
   */
  private void handlerCall(RegionPlan.Part part, int k, int place) {
    Insn insn = part.insns().get(k);
    int size = part.insns().size();
    vectors.forget();
    emit.storeRegisters();
    flags.storeCanonical();
    code.aload(Emitter.PROCESSOR).loadConstant(place);
    code.putfield(Emitter.CPU, "position", ConstantDescs.CD_int);
    code.aload(Emitter.PROCESSOR);
    emit.retired();
    code.loadConstant((long) size).lsub();
    code.putfield(Emitter.CPU, "retired", ConstantDescs.CD_long);
    emit.setRip(insn.next);
    code.aload(Emitter.PROCESSOR).iconst_0();
    code.putfield(Emitter.CPU, "inRegion", ConstantDescs.CD_boolean);
    close();
    emit.handler(constantsOf(part, k));
    Label on = code.newLabel();
    if (!insn.endsBlock) {
      code.aload(Emitter.PROCESSOR).getfield(Emitter.CPU, "leaveBlock", ConstantDescs.CD_boolean);
      code.ifeq(on);
    }
    code.aload(Emitter.PROCESSOR).loadConstant(k + 1).loadConstant(insn.rip);
    code.invokevirtual(
        Emitter.CPU,
        "leave",
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_long));
    code.return_();
    if (!insn.endsBlock) {
      code.labelBinding(on);
      code.aload(Emitter.PROCESSOR).iconst_1();
      code.putfield(Emitter.CPU, "inRegion", ConstantDescs.CD_boolean);
      emit.loadRegisters();
      flags.loadCanonical();
      open();
    }
  }

  private void indirect(Insn insn, int place) {
    emit.position(place);
    code.aload(Emitter.PROCESSOR);
    integers.destination(insn, false);
    emit.operation("target", TARGET);
    code.lstore(Emitter.TARGET);
    if (insn.definition.name().equals("CALL.near")) {
      code.loadConstant(insn.next).lstore(Emitter.RESULT);
      integers.pushResult();
    }
    leave(places.add(RegionCode.COMPUTED, flags.state(), 0));
  }

  /** A return that the region has the call of goes on in the region. */
  private void ret(Insn insn, int place) {
    emit.position(place);
    int sp = Emitter.local(org.tenon.hv.engine.sim.cpu.Cpu.RSP);
    code.lload(sp).lstore(Emitter.ADDRESS);
    code.aload(Emitter.PROCESSOR);
    emit.load(8);
    emit.operation("target", TARGET);
    code.lstore(Emitter.TARGET);
    code.lload(Emitter.ADDRESS).loadConstant(8 + (insn.imm & 0xffff)).ladd().lstore(sp);
    int state = flags.state();
    for (long to : Successors.of(plan, block)) {
      Label other = code.newLabel();
      code.lload(Emitter.TARGET).loadConstant(to).lcmp().ifne(other);
      edge(to);
      code.labelBinding(other);
      flags.begin(state);
    }
    leave(places.add(RegionCode.COMPUTED, state, 0));
  }

  /** Goes to an address: to the block there, if the region has it and the budget allows it. */
  private void edge(long to) {
    Integer next = byRip.get(to);
    if (next == null) {
      leave(places.add(to, flags.state(), 0));
      return;
    }
    if (entryState(next) == LazyFlags.DYNAMIC) {
      flags.makeDynamic();
    } else {
      flags.makeCanonical();
    }
    countDown(next);
    code.iload(Emitter.LEFT).ifge(starts[next]);
    leave(places.add(to, flags.state(), plan.blocks().get(next).insns().size()));
  }

  private void leave(int place) {
    emit.position(place);
    code.goto_(epilogue);
  }

  private void epilogue() {
    code.labelBinding(epilogue);
    emit.storeRegisters();
    code.aload(Emitter.SELF).aload(Emitter.PROCESSOR).iload(Emitter.POSITION);
    emit.retired();
    code.lload(Emitter.TARGET);
    pushFlags();
    code.invokestatic(Emitter.CODE, "leave", describe(true));
    code.return_();
  }

  private void handler() {
    code.labelBinding(thrown);
    code.astore(Emitter.THROWN);
    emit.storeRegisters();
    code.aload(Emitter.SELF).aload(Emitter.PROCESSOR).iload(Emitter.POSITION);
    emit.retired();
    pushFlags();
    code.invokestatic(Emitter.CODE, "fault", describe(false));
    code.aload(Emitter.THROWN).athrow();
    for (int k = 0; k < ranges.size(); k += 2) {
      code.exceptionCatchAll(ranges.get(k), ranges.get(k + 1), thrown);
    }
  }

  private void pushFlags() {
    code.iload(FlagEmitter.KIND);
    code.lload(FlagEmitter.OPERAND_A).lload(FlagEmitter.OPERAND_B);
    code.lload(FlagEmitter.OUTCOME).lload(FlagEmitter.CARRY);
  }

  private static MethodTypeDesc describe(boolean withTarget) {
    MethodTypeDesc type =
        MethodTypeDesc.of(
            ConstantDescs.CD_void,
            Emitter.CODE,
            Emitter.CPU,
            ConstantDescs.CD_int,
            ConstantDescs.CD_long);
    if (withTarget) {
      type = type.insertParameterTypes(type.parameterCount(), ConstantDescs.CD_long);
    }
    return type.insertParameterTypes(
        type.parameterCount(),
        ConstantDescs.CD_int,
        ConstantDescs.CD_long,
        ConstantDescs.CD_long,
        ConstantDescs.CD_long,
        ConstantDescs.CD_long);
  }
}
