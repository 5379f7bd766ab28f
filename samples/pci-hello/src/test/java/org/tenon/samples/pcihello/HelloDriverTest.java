package org.tenon.samples.pcihello;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.api.Status;
import org.tenon.kit.testing.DeviceEvent;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.kit.testing.GuestRam;
import org.tenon.spi.DriverException;
import org.tenon.spi.device.ResetLevel;

/** The function's own registers; what every function promises is the contract's. */
class HelloDriverTest {
  private static final int BAR = 0;
  private static final long SOMEWHERE = GuestRam.SEAM - 3;

  private static DeviceHarness open() throws DriverException {
    DeviceHarness device =
        DeviceHarness.of(new HelloDriverFactory()).settings(Map.of("greeting", "Hello")).open();
    device.setBusMaster(true);
    device.write(BAR, HelloDriver.ADDRESS_LOW, 4, SOMEWHERE);
    return device;
  }

  private static String greeting(DeviceHarness device) {
    return new String(device.ram().read(SOMEWHERE, 5), US_ASCII);
  }

  @Test
  void theDoorbellGreetsAndInterrupts() throws DriverException {
    try (DeviceHarness device = open()) {
      device.write(BAR, HelloDriver.DOORBELL, 4, 5);
      assertThat(greeting(device)).isEqualTo("Hello");
      assertThat(device.read(BAR, HelloDriver.STATUS, 4)).isEqualTo(Status.OK);
      assertThat(device.read(BAR, HelloDriver.GREETINGS, 4)).isEqualTo(1);
      assertThat(device.takeEvents())
          .extracting(DeviceEvent::kind)
          .containsExactly(DeviceEvent.Kind.WRITE, DeviceEvent.Kind.PIN, DeviceEvent.Kind.SIGNAL);
      device.write(BAR, HelloDriver.INTERRUPT, 4, 1);
      assertThat(device.pin()).isFalse();
    }
  }

  @Test
  void aGreetingToNowhereHasAStatus() throws DriverException {
    try (DeviceHarness device = open()) {
      device.write(BAR, HelloDriver.ADDRESS_HIGH, 4, 1);
      device.write(BAR, HelloDriver.DOORBELL, 4, 5);
      assertThat(device.read(BAR, HelloDriver.STATUS, 4)).isEqualTo(Status.OUT_OF_RANGE);
      assertThat(device.read(BAR, HelloDriver.GREETINGS, 4)).isZero();
      assertThat(device.pin()).isTrue();
    }
  }

  @Test
  void aDelayIsMachineTime() throws DriverException {
    try (DeviceHarness device = open()) {
      device.write(BAR, HelloDriver.DELAY, 4, 250);
      device.write(BAR, HelloDriver.DOORBELL, 4, 5);
      device.advance(Duration.ofNanos(249_999));
      assertThat(greeting(device)).isEqualTo("\0\0\0\0\0");
      device.advance(Duration.ofNanos(1));
      assertThat(greeting(device)).isEqualTo("Hello");
    }
  }

  @Test
  void aDoorbellThatWaitsMovesWithItsState() throws DriverException, IOException {
    try (DeviceHarness device = open();
        DeviceHarness other =
            DeviceHarness.of(new HelloDriverFactory())
                .settings(Map.of("greeting", "Hello"))
                .openOnly()) {
      device.write(BAR, HelloDriver.DELAY, 4, 100);
      device.write(BAR, HelloDriver.DOORBELL, 4, 5);
      device.advance(Duration.ofNanos(40_000));
      device.quiesce();
      other.restore(1, device.save());
      other.setBusMaster(true);
      other.start();
      other.advance(Duration.ofNanos(59_999));
      assertThat(greeting(other)).isEqualTo("\0\0\0\0\0");
      other.advance(Duration.ofNanos(1));
      assertThat(greeting(other)).isEqualTo("Hello");
    }
  }

  @Test
  void aResetTakesTheDoorbellBack() throws DriverException {
    try (DeviceHarness device = open()) {
      device.write(BAR, HelloDriver.DELAY, 4, 100);
      device.write(BAR, HelloDriver.DOORBELL, 4, 5);
      device.functionReset(ResetLevel.FUNCTION);
      device.setBusMaster(true);
      device.advance(Duration.ofSeconds(1));
      assertThat(device.takeEvents()).isEqualTo(List.of());
      assertThat(device.read(BAR, HelloDriver.STATUS, 4)).isEqualTo(0xffffffffL);
    }
  }

  @Test
  void anEmptyGreetingIsRefused() {
    assertThatThrownBy(() ->
            DeviceHarness.of(new HelloDriverFactory()).settings(Map.of("greeting", "")).open())
        .isInstanceOf(DriverException.class)
        .hasMessage("greeting has 0 bytes; give it 1 to 1024");
  }
}
