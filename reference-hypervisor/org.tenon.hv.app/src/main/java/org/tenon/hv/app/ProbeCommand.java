package org.tenon.hv.app;

import picocli.CommandLine.Command;

/** {@code tenon probe}: the group. */
@Command(
    name = "probe",
    synopsisSubcommandLabel = "COMMAND",
    header = "Measure a hypervisor, any hypervisor, by what its guests see.",
    description = {
      "",
      "The probe is a kernel that looks at the virtual hardware it finds itself in: processor,"
          + " ACPI, timers, interrupt controllers, PCI, virtio and NVMe. It reports over COM1, and"
          + " the report is judged by the clauses HYP of the specification."
    })
final class ProbeCommand {}
