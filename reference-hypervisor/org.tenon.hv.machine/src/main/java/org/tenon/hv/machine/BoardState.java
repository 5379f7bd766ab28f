package org.tenon.hv.machine;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What the board keeps beside its devices, whose states are records of their own.
 *
 * @param resetControl port CF9H
 * @param configAddress port CF8H
 */
@StateFormat(name = "board", version = 1)
public record BoardState(int resetControl, int configAddress) {}
