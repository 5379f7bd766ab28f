package org.tenon.kit.testing;

import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.block.BlockOffer;

/**
 * How a {@link BlockHarness} was asked to be.
 *
 * @param clock null for one of the harness's own, in real time
 * @param patience how long any wait lasts in real time, whatever the clock says
 * @param strict whether close throws if faults were found
 */
record HarnessOptions(
    Map<String, String> settings,
    FileSystem files,
    BlockOffer offer,
    @Nullable HostClock clock,
    Deadlines deadlines,
    Duration submitLimit,
    Duration patience,
    LentMemory memory,
    BlockObserver observer,
    boolean strict) {}
