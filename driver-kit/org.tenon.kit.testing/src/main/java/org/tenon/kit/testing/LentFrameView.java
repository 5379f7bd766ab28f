package org.tenon.kit.testing;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Fault;
import org.tenon.spi.net.vswitch.SwitchFrame;

/**
 * A frame as an extension sees it, for the time of one call. Later uses are reported, and fail. Its
 * methods allocate nothing as long as all goes well.
 */
final class LentFrameView implements SwitchFrame {
  private final FaultLog faults;
  private @Nullable SwitchedFrame frame;
  private int port;
  private volatile boolean lent;

  LentFrameView(FaultLog faults) {
    this.faults = faults;
  }

  void lend(SwitchedFrame what, int from) {
    frame = what;
    port = from;
    lent = true;
  }

  void takeBack() {
    lent = false;
  }

  /** Reports a use of a view whose call is over. */
  static IllegalStateException over(FaultLog faults, String what) {
    String detail = "used " + what + " after forward had returned";
    faults.report(SwitchClauses.VIEWS_ARE_OVER, Fault.Kind.USED_AFTER_COMPLETE, detail);
    return new IllegalStateException(detail);
  }

  private SwitchedFrame lent() {
    if (!lent) {
      throw over(faults, "a frame");
    }
    return Objects.requireNonNull(frame);
  }

  @Override
  public int port() {
    var _ = lent();
    return port;
  }

  @Override
  public int vlan() {
    return lent().vlan();
  }

  @Override
  public int length() {
    return lent().length();
  }

  @Override
  public int octet(int index) {
    SwitchedFrame now = lent();
    return now.octet(Objects.checkIndex(index, now.length()));
  }

  private long address(int from) {
    SwitchedFrame now = lent();
    long bits = 0;
    for (int i = from; i < from + 6; i++) {
      bits = bits << 8 | now.octet(i);
    }
    return bits;
  }

  @Override
  public long destination() {
    return address(0);
  }

  @Override
  public long source() {
    return address(6);
  }

  @Override
  public long offload() {
    return lent().offload();
  }
}
