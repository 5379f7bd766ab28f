package org.tenon.hv.app;

import picocli.CommandLine.Command;

/** {@code tenon guest}: the group. */
@Command(
    name = "guest",
    synopsisSubcommandLabel = "COMMAND",
    header =
        "Get a guest to run: a Linux kernel and a small root file system; measure the simulator.")
final class GuestCommand {}
