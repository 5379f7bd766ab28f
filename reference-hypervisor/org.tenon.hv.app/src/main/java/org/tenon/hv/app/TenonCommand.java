package org.tenon.hv.app;

import picocli.CommandLine.Command;

/** {@code tenon}: the root, which only knows its subcommands. */
@Command(
    name = "tenon",
    synopsisSubcommandLabel = "COMMAND",
    header = "Certify, inspect and run partner drivers on the Tenon reference hypervisor.",
    footer = {
      "",
      "Exit status: 0 done and passed, 1 a verdict against the subject, 2 wrong usage or input, 3"
          + " our own fault.",
      "Start here: tenon certify samples/block-file"
    })
final class TenonCommand {}
