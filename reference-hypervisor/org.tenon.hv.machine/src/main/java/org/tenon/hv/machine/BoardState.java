package org.tenon.hv.machine;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.hv.bus.state.Successor;

/**
 * What the board keeps beside its devices, whose states are records of their own.
 *
 * @param resetControl port CF9H
 * @param configAddress port CF8H
 * @param rootPorts how many there are; their states follow
 */
@StateFormat(name = "board", version = 2, before = BoardStateV1.class)
public record BoardState(int resetControl, int configAddress, int rootPorts)
    implements Successor<BoardStateV1> {
  @Override
  public @Nullable BoardStateV1 older() {
    return rootPorts == 0 ? new BoardStateV1(resetControl, configAddress) : null;
  }
}
