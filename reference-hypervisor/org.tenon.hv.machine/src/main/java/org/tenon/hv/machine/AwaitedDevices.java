package org.tenon.hv.machine;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;

/** The devices that a saved machine had, while they are plugged into the one that goes on. */
final class AwaitedDevices {
  private final StateReader in;
  private final int total;
  private int taken;

  AwaitedDevices(SavedMachine saved) {
    in = saved.devices();
    total = saved.state().devices();
  }

  /** What kind the next is of; null where there are no more. */
  @Nullable DeviceKind next() {
    return taken == total
        ? null
        : Stream.of(DeviceKind.values())
            .filter(kind -> in.isNext(kind.identity()))
            .findFirst()
            .orElse(null);
  }

  /**
   * What the next must be.
   *
   * @throws StateException where it is of another kind, or there are no more
   */
  <S extends Record> S take(DeviceKind kind, Class<S> identity) throws StateException {
    if (taken == total) {
      throw new StateException("the saved machine has %d devices and no more".formatted(total));
    }
    DeviceKind next = next();
    if (next != null && next != kind) {
      throw new StateException(
          "device %d of the saved machine is %s, not %s; name the same devices"
              .formatted(taken + 1, next.words(), kind.words()));
    }
    S had = in.take(identity);
    taken++;
    return had;
  }

  /**
   * Says that every device has been plugged in.
   *
   * @throws StateException where not
   */
  void end() throws StateException {
    if (taken < total) {
      throw new StateException(
          "the saved machine has more than the %d devices here; name the same, in the same order"
              .formatted(taken));
    }
  }
}
