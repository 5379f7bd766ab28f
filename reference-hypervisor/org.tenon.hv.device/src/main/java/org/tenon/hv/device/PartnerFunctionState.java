package org.tenon.hv.device;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What a partner's function had on its way to its guest.
 *
 * @param wire whether the driver drives the interrupt pin
 * @param due a bit for each interrupt vector that is to be sent
 */
@StateFormat(name = "partner-function", version = 1)
public record PartnerFunctionState(boolean wire, long due) {}
