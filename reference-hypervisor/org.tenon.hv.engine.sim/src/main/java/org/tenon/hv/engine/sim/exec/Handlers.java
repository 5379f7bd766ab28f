package org.tenon.hv.engine.sim.exec;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.tenon.hv.engine.sim.cpu.GuestFault;
import org.tenon.hv.engine.sim.decode.Decoder;
import org.tenon.hv.engine.sim.decode.Definition;
import org.tenon.hv.engine.sim.decode.Insn;
import org.tenon.hv.engine.sim.decode.InstructionTable;

/**
 * Which handler executes which row of the instruction table. Built once; a row without a handler is
 * an error.
 */
public final class Handlers {
  private static final Handler UNDEFINED =
      (cpu, i) -> {
        throw cpu.fault(GuestFault.UD, 0);
      };
  private static final Handler TOO_LONG =
      (cpu, i) -> {
        throw cpu.fault(GuestFault.GP, 0);
      };

  private static final Handlers INSTANCE = new Handlers();

  private final Map<String, Function<Definition, Handler>> byName = new HashMap<>();
  private final Handler[] byRow;

  private Handlers() {
    Arithmetic.bind(this);
    Decimal.bind(this);
    Logic.bind(this);
    Shifts.bind(this);
    Bits.bind(this);
    DataTransfer.bind(this);
    StackOperations.bind(this);
    ControlTransfer.bind(this);
    Strings.bind(this);
    PortIo.bind(this);
    SystemInstructions.bind(this);
    SystemTables.bind(this);
    FpuState.bind(this);
    X87Transfer.bind(this);
    X87Arithmetic.bind(this);
    PackedInteger.bind(this);
    PackedShuffle.bind(this);
    SseMoves.bind(this);
    SseFloat.bind(this);
    SseConvert.bind(this);
    StringCompare.bind(this);
    byRow = InstructionTable.get().rows().stream().map(this::handler).toArray(Handler[]::new);
  }

  /** The handler of a decoded instruction. */
  public static Handler of(Insn insn) {
    if (insn.definition.equals(Decoder.TOO_LONG)) {
      return TOO_LONG;
    }
    return insn.definition.equals(Decoder.INVALID) ? UNDEFINED : INSTANCE.byRow[insn.number()];
  }

  /** Binds one handler to all rows of a name. */
  void bind(String name, Handler handler) {
    bindEach(name, row -> handler);
  }

  /** Binds handlers that depend on the row. */
  void bindEach(String name, Function<Definition, Handler> maker) {
    if (byName.put(name, maker) != null) {
      throw new IllegalStateException("two handlers for " + name);
    }
  }

  private Handler handler(Definition row) {
    Function<Definition, Handler> maker = byName.get(row.name());
    if (maker == null) {
      throw new IllegalStateException("no handler for " + row.name());
    }
    return maker.apply(row);
  }
}
