package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the type 1 header of a root port keeps; the states of its capabilities follow as records of
 * their own.
 *
 * @param command the command register
 * @param cacheLine the cache line size register
 * @param busNumbers register 18H
 * @param portWindow register 1CH
 * @param memoryWindow register 20H
 * @param prefetchableWindow register 24H, without what says that it has 64 bits
 * @param prefetchableBaseHigh register 28H
 * @param prefetchableLimitHigh register 2CH
 * @param interruptControl interrupt line and bridge control
 * @param interrupting whether the slot wants to interrupt
 */
@StateFormat(name = "root-port", version = 1)
public record RootPortState(
    int command,
    int cacheLine,
    int busNumbers,
    int portWindow,
    int memoryWindow,
    int prefetchableWindow,
    int prefetchableBaseHigh,
    int prefetchableLimitHigh,
    int interruptControl,
    boolean interrupting) {}
