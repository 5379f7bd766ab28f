package org.tenon.spi.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NicValuesTest {
  private static final MacAddress STATION = MacAddress.parse("02:00:5E:10:00:01");
  private static final MacAddress GROUP = MacAddress.parse("33:33:00:00:00:01");

  @Test
  void anAddressReadsAsItIsWritten() {
    assertThat(STATION).hasToString("02:00:5e:10:00:01");
    assertThat(STATION.octet(0)).isEqualTo(2);
    assertThat(STATION.octet(5)).isEqualTo(1);
    assertThat(STATION.isGroup()).isFalse();
    assertThat(STATION.isLocal()).isTrue();
    assertThat(GROUP.isGroup()).isTrue();
    assertThat(MacAddress.BROADCAST.isGroup()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MacAddress.parse("02-00-5e-10-00-01"))
        .withMessageContaining("02:00:5e:10:00:01");
    assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(1L << 48));
  }

  @Test
  void everyFieldOfAnOffloadComesBack() {
    long whole = NicOffload.checksum(34, 16);
    assertThat(NicOffload.needsChecksum(whole)).isTrue();
    assertThat(NicOffload.isChecksumValid(whole)).isFalse();
    assertThat(NicOffload.cutting(whole)).isEqualTo(NicOffload.WHOLE);

    long cut = NicOffload.cut(NicOffload.checksum(0xfffe, 0xffff), NicOffload.TCP6, 65_535, true);
    assertThat(NicOffload.checksumStart(cut)).isEqualTo(0xfffe);
    assertThat(NicOffload.checksumOffset(cut)).isEqualTo(0xffff);
    assertThat(NicOffload.segmentSize(cut)).isEqualTo(65_535);
    assertThat(NicOffload.cutting(cut)).isEqualTo(NicOffload.TCP6);
    assertThat(NicOffload.hasCongestion(cut)).isTrue();
    assertThat(NicOffload.needsChecksum(cut)).isTrue();
    assertThat(NicOffload.isChecksumValid(cut)).isFalse();

    assertThat(NicOffload.isChecksumValid(NicOffload.valid())).isTrue();
    assertThat(NicOffload.needsChecksum(NicOffload.valid())).isFalse();
  }

  @Test
  void aFilterJudgesAddressAndVlanApart() {
    NicFilter filter = new NicFilter(Set.of(STATION), true, false, Set.of(7), false);

    assertThat(filter.passes(STATION)).isTrue();
    assertThat(filter.passes(GROUP)).isTrue();
    assertThat(filter.passes(new MacAddress(STATION.bits() + 1))).isFalse();
    assertThat(filter.passesVlan(0)).isTrue();
    assertThat(filter.passesVlan(7)).isTrue();
    assertThat(filter.passesVlan(8)).isFalse();
    assertThat(NicFilter.NONE.passes(STATION)).isTrue();
    assertThat(NicFilter.NONE.passesVlan(4094)).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NicFilter(Set.of(), false, false, Set.of(4095), false));
  }

  @Test
  void propertiesNameTheNumberThatIsWrong() {
    NicProperties usual = new NicProperties(STATION, NicProperties.ETHERNET_MTU, 18, 65_550);
    assertThat(usual.maxFrameBytes()).isEqualTo(1522);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NicProperties(STATION, 67, 18, 65_550))
        .withMessageContaining("maxMtu = 67");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NicProperties(GROUP, 1500, 18, 65_550))
        .withMessageContaining("address");
  }

  @Test
  void steeringIsCheckedWhole() {
    List<Integer> key = Collections.nCopies(NicSteering.KEY_BYTES, 0x6d);

    assertThat(new NicSteering(NicSteering.ALL, key, List.of(0, 1), 0).table()).hasSize(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NicSteering(NicSteering.ALL, key, List.of(0, 1, 2), 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NicSteering(1 << 6, key, List.of(0), 0));
  }
}
