package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/** Whole machines on the simulator, with programs of a few instructions. */
@Timeout(120)
class MachineTest {
  private final StringBuilder console = new StringBuilder();
  private final List<String> traced = new ArrayList<>();

  private MachineConfig config(BareProgram program, int processors, Trace trace) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        processors,
        32 << 20,
        ClockMode.VIRTUAL,
        program.kernel(),
        ByteBuffer.allocate(0),
        "",
        value -> console.append((char) value),
        trace);
  }

  private Outcome run(BareProgram program) throws BootException {
    try (Machine machine = new Machine(config(program, 1, Trace.OFF))) {
      return machine.run();
    }
  }

  /** Programs the 8259 pair and channel 0 of the 8254, and prints a dot at each of five ticks. */
  static BareProgram fiveTicks() {
    return new BareProgram()
        .handler(0x20, handler -> handler.print(".").out8(0x20, 0x20))
        .out8(0x20, 0x11)
        .out8(0x21, 0x20)
        .out8(0x21, 0x04)
        .out8(0x21, 0x01)
        .out8(0x21, 0xfe)
        .out8(0x43, 0x34)
        .out8(0x40, 0x9c)
        .out8(0x40, 0x2e)
        .sleep(5)
        .powerOff();
  }

  @Test
  void printsAndPowersOff() throws BootException {
    assertThat(run(new BareProgram().print("Hello").powerOff()).kind())
        .isEqualTo(Outcome.Kind.POWER_OFF);
    assertThat(console).hasToString("Hello");
  }

  @Test
  void resetsInThreeWays() throws BootException {
    assertThat(run(new BareProgram().out8(0xcf9, 6)))
        .isEqualTo(new Outcome(Outcome.Kind.RESET, "cf9"));
    assertThat(run(new BareProgram().out8(0x64, 0xfe)))
        .isEqualTo(new Outcome(Outcome.Kind.RESET, "i8042"));
    Outcome outcome = run(new BareProgram().bytes(0x0f, 0x0b));
    assertThat(outcome.kind()).isEqualTo(Outcome.Kind.RESET);
    assertThat(outcome.detail()).startsWith("triple fault");
  }

  @Test
  void haltsForGoodWithInterruptsOff() throws BootException {
    assertThat(run(new BareProgram().halt()).kind()).isEqualTo(Outcome.Kind.HALTED);
  }

  @Test
  void timerInterruptsWakeAHaltedProcessorAndSkipTime() throws BootException {
    try (Machine machine = new Machine(config(fiveTicks(), 1, Trace.OFF))) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      Statistics cost = machine.statistics();
      assertThat(console).hasToString(".....");
      assertThat(cost.interrupts()).isEqualTo(5);
      assertThat(cost.machineNanos())
          .as("five periods of 10 ms")
          .isBetween(49_900_000L, 50_200_000L);
      assertThat(cost.instructions()).as("idle time is skipped, not executed").isLessThan(1_000);
    }
  }

  @Test
  void theSameInputsGiveTheSameRun() throws BootException {
    List<Statistics> costs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (Machine machine = new Machine(config(fiveTicks(), 2, Trace.OFF))) {
        machine.run();
        costs.add(machine.statistics());
      }
    }
    assertThat(costs.get(0).instructions()).isEqualTo(costs.get(1).instructions());
    assertThat(costs.get(0).machineNanos()).isEqualTo(costs.get(1).machineNanos());
    assertThat(costs.get(0).exits()).isEqualTo(costs.get(1).exits());
  }

  /** Many processors that print and compute. */
  private Statistics letters(int processors) throws BootException {
    MachineConfig letters =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            processors,
            64 << 20,
            ClockMode.VIRTUAL,
            LettersKernel.of(processors),
            ByteBuffer.allocate(0),
            "",
            value -> console.append((char) value),
            Trace.OFF);
    console.setLength(0);
    try (Machine machine = new Machine(letters)) {
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      return machine.statistics();
    }
  }

  /** Time goes on as if each had a processor of its own (decision 0007). */
  @Test
  void processorsWorkSideBySide() throws BootException {
    long one = letters(1).machineNanos();
    for (int processors : new int[] {2, 4}) {
      Statistics cost = letters(processors);
      String printed = console.toString();
      for (char letter : "ABC".substring(0, processors - 1).toCharArray()) {
        assertThat(printed.chars().filter(each -> each == letter).count())
            .as("letters %c", letter)
            .isEqualTo(LettersKernel.EACH);
      }
      assertThat(cost.instructions())
          .as("work of %d", processors)
          .isGreaterThan(processors * 120_000L);
      assertThat(cost.machineNanos()).as("time of %d", processors).isBetween(one / 2, one * 5 / 4);
    }
  }

  @Test
  void traceShowsWhatItIsAskedFor() throws BootException {
    Trace trace = new Trace(EnumSet.of(TraceKind.PORT, TraceKind.IRQ), traced::add);
    try (Machine machine = new Machine(config(fiveTicks(), 1, trace))) {
      machine.run();
    }
    assertThat(traced).anyMatch(line -> line.endsWith("cpu0 out8 43 34"));
    assertThat(traced).filteredOn(line -> line.endsWith("cpu0 interrupt 20")).hasSize(5);
    assertThat(traced).noneMatch(line -> line.contains("HALT"));
    assertThat(TraceKind.parse("all")).hasSize(TraceKind.values().length);
    assertThatThrownBy(() -> TraceKind.parse("port,disk"))
        .hasMessage(
            "nothing called \"disk\" can be traced; known: all, port, mmio, msr, irq, exit");
  }

  /** The guest polls the line status and echoes what is typed until it reads a q. */
  @Test
  void whatIsTypedReachesTheGuest() throws BootException {
    BareProgram echo =
        new BareProgram()
            .bytes(0x66, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xf7)
            .bytes(0x66, 0xba, 0xf8, 0x03, 0xec, 0xee, 0x3c, 'q', 0x75, 0xec)
            .powerOff();
    try (Machine machine = new Machine(config(echo, 1, Trace.OFF))) {
      machine.type("a longer line than the FIFO takes q".getBytes(StandardCharsets.US_ASCII));
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
    assertThat(console).hasToString("a longer line than the FIFO takes q");
  }

  @Test
  void aRunCanBeStoppedAndGoesOn() throws BootException {
    BareProgram program = new BareProgram().print("a").powerOff();
    try (Machine machine = new Machine(config(program, 1, Trace.OFF))) {
      machine.stop();
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
    assertThat(console).hasToString("a");
  }

  @Test
  void impossibleMachinesAreRefused() {
    assertThatThrownBy(() -> config(new BareProgram(), 0, Trace.OFF))
        .hasMessageContaining("1 to 64 processors, not 0");
    assertThatThrownBy(() -> config(new BareProgram(), 65, Trace.OFF))
        .hasMessageContaining("not 65");
  }
}
