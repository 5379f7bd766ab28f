package org.tenon.hv.nvme;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the registers keep beside the controller's own state.
 *
 * @param configuration CC
 * @param adminAttributes AQA
 * @param submissions ASQ
 * @param completions ACQ
 */
@StateFormat(name = "nvme-registers", version = 1)
public record NvmeRegistersState(
    int configuration, int adminAttributes, long submissions, long completions) {}
