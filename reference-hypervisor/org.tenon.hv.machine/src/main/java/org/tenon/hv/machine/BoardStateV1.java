package org.tenon.hv.machine;

import org.tenon.hv.bus.state.Predecessor;
import org.tenon.hv.bus.state.StateFormat;

/**
 * {@link BoardState} as it was before there were root ports.
 *
 * @param resetControl port CF9H
 * @param configAddress port CF8H
 */
@StateFormat(name = "board", version = 1)
public record BoardStateV1(int resetControl, int configAddress) implements Predecessor<BoardState> {
  @Override
  public BoardState newer() {
    return new BoardState(resetControl, configAddress, 0);
  }
}
