package org.tenon.hv.pci;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the capability of an endpoint keeps.
 *
 * @param deviceControl the device control register
 * @param linkControl the link control register
 */
@StateFormat(name = "express-endpoint", version = 1)
public record ExpressEndpointState(int deviceControl, int linkControl) {}
