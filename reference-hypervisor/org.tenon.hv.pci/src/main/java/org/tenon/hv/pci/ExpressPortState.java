package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the capability of a root port with a slot keeps. Whether the slot is empty is not part of
 * it: what is in it is plugged in before.
 *
 * @param deviceControl the device control register
 * @param linkControl the link control register
 * @param slotControl the slot control register
 * @param rootControl the root control register
 * @param events the events of the slot status register
 */
@StateFormat(name = "express-port", version = 1)
public record ExpressPortState(
    int deviceControl, int linkControl, int slotControl, int rootControl, int events) {}
