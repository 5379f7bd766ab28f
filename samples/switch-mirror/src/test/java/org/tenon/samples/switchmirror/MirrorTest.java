package org.tenon.samples.switchmirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tenon.samples.switchmirror.TestSwitch.flood;
import static org.tenon.samples.switchmirror.TestSwitch.unicast;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tenon.api.Health;
import org.tenon.spi.ConfigException;
import org.tenon.spi.net.vswitch.SwitchPort;

/** Which frames the port that watches gets. */
class MirrorTest {
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int WATCH = 3;

  private final TestSwitch host = new TestSwitch();

  @Test
  void everythingIsMirroredUnlessToldOtherwise() throws Exception {
    try (Mirror mirror = host.open(Map.of("to", "watch"))) {
      assertThat(flood(mirror, A, 0)).isEqualTo("[1, 2] and [3]");
      assertThat(unicast(mirror, B, C)).isEqualTo("[2] and [3]");
      assertThat(flood(mirror, WATCH, 0))
          .as("the watching port sends nothing")
          .isEqualTo("[] and []");
      assertThat(mirror.counts()).isEqualTo(new Mirror.Counts(2, 200, 0));
    }
    assertThat(host.lines()).anyMatch(line -> line.contains("mirrored 2 frames, 200 bytes"));
  }

  @Test
  void chosenPortsAreMirroredInAChosenDirection() throws Exception {
    try (Mirror both = host.open(Map.of("to", "watch", "ports", "a"));
        Mirror in = host.open(Map.of("to", "watch", "ports", "a+c", "direction", "in"));
        Mirror out = host.open(Map.of("to", "watch", "ports", "a", "direction", "out"))) {
      assertThat(unicast(both, A, B)).isEqualTo("[1] and [3]");
      assertThat(unicast(both, B, A)).isEqualTo("[0] and [3]");
      assertThat(unicast(both, B, C)).isEqualTo("[2] and []");
      assertThat(unicast(in, A, B)).isEqualTo("[1] and [3]");
      assertThat(unicast(in, C, B)).isEqualTo("[1] and [3]");
      assertThat(unicast(in, B, A)).isEqualTo("[0] and []");
      assertThat(unicast(out, A, B)).isEqualTo("[1] and []");
      assertThat(unicast(out, B, A)).isEqualTo("[0] and [3]");
      assertThat(flood(out, B, 0)).isEqualTo("[0, 2] and [3]");
    }
  }

  @Test
  void chosenVlansAreMirrored() throws Exception {
    try (Mirror mirror = host.open(Map.of("to", "watch", "vlans", "0+5+10-12"))) {
      for (int vlan : new int[] {0, 5, 10, 11, 12}) {
        assertThat(flood(mirror, A, vlan)).isEqualTo("[1, 2] and [3]");
      }
      for (int vlan : new int[] {1, 4, 6, 9, 13, 4094}) {
        assertThat(flood(mirror, A, vlan)).isEqualTo("[1, 2] and []");
      }
    }
  }

  @Test
  void aWatchingPortThatIsNotIsolatedTakesPart() throws Exception {
    try (Mirror mirror = host.open(Map.of("to", "watch", "isolated", "false"))) {
      assertThat(flood(mirror, A, 0)).isEqualTo("[1, 2, 3] and [3]");
      assertThat(flood(mirror, WATCH, 0)).isEqualTo("[0, 1, 2] and []");
    }
  }

  @Test
  void portsComeAndGo() throws Exception {
    try (Mirror mirror = host.open(Map.of("to", "watch", "ports", "a+late"))) {
      assertThat(mirror.health()).isEqualTo(Health.up());
      mirror.portAdded(new SwitchPort(5, "late", true, 0));
      assertThat(unicast(mirror, 5, B)).isEqualTo("[1] and [3]");
      mirror.portRemoved(5);
      assertThat(unicast(mirror, 5, B)).isEqualTo("[1] and []");
      mirror.portRemoved(WATCH);
      assertThat(mirror.health().message()).contains("no port 'watch'");
      assertThat(unicast(mirror, A, B)).isEqualTo("[1] and []");
      assertThat(mirror.counts().missed()).isEqualTo(1);
      mirror.portAdded(new SwitchPort(7, "watch", false, 0));
      assertThat(unicast(mirror, A, B)).isEqualTo("[1] and [7]");
      assertThat(host.healths()).hasSize(3).last().isEqualTo(Health.up());
    }
  }

  @Test
  void senselessSettingsAreRefused() {
    for (Map<String, String> wrong :
        List.of(
            Map.of("to", "watch", "ports", "a+watch"),
            Map.of("to", "watch", "ports", "a++b"),
            Map.of("to", " "),
            Map.of("to", "watch", "vlans", "4095"),
            Map.of("to", "watch", "vlans", "9-5"),
            Map.of("to", "watch", "vlans", ""),
            Map.of("to", "watch", "direction", "up"),
            Map.of("ports", "a"))) {
      assertThatThrownBy(() -> host.open(wrong)).isInstanceOf(ConfigException.class);
    }
  }
}
