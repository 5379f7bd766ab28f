package org.tenon.hv.irq;

import java.util.ArrayList;
import java.util.List;
import org.tenon.hv.bus.EventQueue;
import org.tenon.hv.bus.Ticks;

/** A few processors' APICs, an I/O APIC and a clock that the test moves. */
final class ApicRig {
  static final int EOI = 0xb0;
  static final int SVR = 0xf0;
  static final int ICR_LOW = 0x300;
  static final int ICR_HIGH = 0x310;
  static final int LVT_TIMER = 0x320;
  static final int LVT_LINT0 = 0x350;
  static final int INITIAL_COUNT = 0x380;
  static final int CURRENT_COUNT = 0x390;
  static final int DIVIDE = 0x3e0;

  long now;
  final EventQueue clock = new EventQueue(() -> now);
  final ApicBus bus = new ApicBus();
  final IoApic ioApic = new IoApic(bus);
  final List<LocalApic> apics = new ArrayList<>();
  final List<String> signals = new ArrayList<>();
  int externalVector = -1;

  ApicRig(int processors) {
    for (int i = 0; i < processors; i++) {
      int id = i;
      ProcessorSignals cpu =
          new ProcessorSignals() {
            @Override
            public void nmi() {
              signals.add("nmi" + id);
            }

            @Override
            public void init() {
              signals.add("init" + id);
            }

            @Override
            public void startup(int vector) {
              signals.add("startup" + id + "@" + vector);
            }

            @Override
            public void interrupt() {}
          };
      Ticks gigahertz = new Ticks(1_000_000_000);
      apics.add(
          new LocalApic(i, i == 0, bus, () -> externalVector, cpu, clock, gigahertz, gigahertz));
    }
  }

  /** Enables all, as an operating system does. */
  ApicRig enabled() {
    for (int i = 0; i < apics.size(); i++) {
      write(i, SVR, 0x1ff);
      write(i, 0xd0, 1 << (24 + i));
    }
    return this;
  }

  void write(int processor, int register, long value) {
    apics.get(processor).write(register, 4, value);
  }

  long read(int processor, int register) {
    return apics.get(processor).read(register, 4);
  }

  /** What the processor would take now, or -1. */
  int take(int processor) {
    LocalApic apic = apics.get(processor);
    return apic.hasPending() ? apic.acknowledge() : -1;
  }

  void eoi(int processor) {
    write(processor, EOI, 0);
  }

  void at(long time) {
    now = time;
    clock.ring();
  }
}
