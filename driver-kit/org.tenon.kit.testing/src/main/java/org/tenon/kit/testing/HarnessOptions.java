package org.tenon.kit.testing;

import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;

/**
 * How a harness was asked to be.
 *
 * @param clock null for one of the harness's own, in real time
 * @param callLimit how long a call may take that must not block
 * @param patience how long any wait lasts in real time, whatever the clock says
 * @param strict whether close throws if faults were found
 */
record HarnessOptions(
    Map<String, String> settings,
    FileSystem files,
    @Nullable HostClock clock,
    Deadlines deadlines,
    Duration callLimit,
    Duration patience,
    LentMemory memory,
    boolean strict) {}
