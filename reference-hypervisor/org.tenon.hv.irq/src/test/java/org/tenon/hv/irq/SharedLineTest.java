package org.tenon.hv.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedLineTest {
  @Test
  void isUpWhileAnyDeviceAssertsIt() {
    List<Boolean> levels = new ArrayList<>();
    SharedLine shared = new SharedLine(levels::add);
    IrqLine one = shared.input();
    IrqLine two = shared.input();
    one.set(true);
    one.set(true);
    two.set(true);
    one.set(false);
    assertThat(levels).containsExactly(true, true, true);
    two.set(false);
    two.set(false);
    assertThat(levels).containsExactly(true, true, true, false);
  }
}
