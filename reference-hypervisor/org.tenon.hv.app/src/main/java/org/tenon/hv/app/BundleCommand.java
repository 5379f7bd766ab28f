package org.tenon.hv.app;

import picocli.CommandLine.Command;

/** {@code tenon bundle}: the group. */
@Command(
    name = "bundle",
    synopsisSubcommandLabel = "COMMAND",
    header = "Make and look at bundles, which is how drivers are shipped.")
final class BundleCommand {}
