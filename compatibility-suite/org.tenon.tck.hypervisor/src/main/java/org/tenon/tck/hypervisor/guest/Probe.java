package org.tenon.tck.hypervisor.guest;

/** The program: probes the machine it finds itself in, and says over COM1 what it found. */
public final class Probe {
  private static final int GROUPS = 15;

  private Probe() {}

  static void main() {
    Report.begin();
    Legacy.initializePics();
    for (int group = 0; group < GROUPS; group++) {
      if (Traps.attempt(group) != 0) {
        Report.trapped();
      }
      Report.aboutTheMachine();
    }
    Report.end();
    PowerOff.now();
  }

  /** A part of the probe. */
  static void group(int which) {
    if (which >= Processor.FIRST_ATTEMPT) {
      Processor.attempt(which);
      return;
    }
    switch (which) {
      case 0 -> Processor.entry();
      case 1 -> Acpi.probe();
      case 2 -> Processor.identification();
      case 3 -> Processor.exceptions();
      case 4 -> Processor.timeStampCounter();
      case 5 -> Legacy.serialPort();
      case 6 -> Pit.probe();
      case 7 -> Legacy.clock();
      case 8 -> LocalApic.probe();
      case 9 -> Legacy.pics();
      case 10 -> IoApic.probe();
      case 11 -> PciProbe.probe();
      case 12 -> VirtioProbe.probe();
      case 13 -> BlockProbe.probe();
      case 14 -> NvmeProbe.probe();
      default -> {}
    }
  }
}
