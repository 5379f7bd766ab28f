package org.tenon.spi.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptions that no configuration space can show are refused where they are made. */
class PciFunctionDescriptionTest {
  private static final DeviceOffer OFFER = DeviceOffer.of(DeviceCapabilities.ALL, 8, 4, 1 << 20);

  @Test
  void barsMayNotShareARegister() {
    var builder =
        PciFunctionDescription.of(0x1234, 1, 0xff0000)
            .bar(PciBar.memory64(0, 4096))
            .bar(PciBar.memory32(1, 4096));
    assertThatThrownBy(builder::build).hasMessage("BAR 1 is taken twice");
  }

  @Test
  void theMsixBarIsOneOfThem() {
    var builder =
        PciFunctionDescription.of(0x1234, 1, 0xff0000).bar(PciBar.memory64(0, 4096)).msixBar(1);
    assertThatThrownBy(builder::build).hasMessage("BAR 0 is taken twice");
  }

  @ParameterizedTest
  @CsvSource({
    "65535, 1, 0, 0",
    "65536, 1, 0, 0",
    "1, -1, 0, 0",
    "1, 1, 16777216, 0",
    "1, 1, 0, 256"
  })
  void numbersFitTheirFields(int vendor, int device, int classCode, int revision) {
    var builder = PciFunctionDescription.of(vendor, device, classCode).revision(revision);
    assertThatThrownBy(builder::build).hasMessageStartingWith("no PCI function is");
  }

  @ParameterizedTest
  @CsvSource({
    "6, MEMORY32, false, 4096, 4",
    "5, MEMORY64, true, 4096, 4",
    "0, MEMORY32, false, 4097, 4",
    "0, MEMORY32, false, 8, 4",
    "0, PORTS, false, 512, 4",
    "0, PORTS, true, 64, 4",
    "0, MEMORY64, false, 4096, 4",
    "0, MEMORY32, false, 4096, 8"
  })
  void noSuchBar(int index, PciBar.Kind kind, boolean prefetchable, long size, int registers) {
    assertThatThrownBy(() -> new PciBar(index, kind, prefetchable, size, registers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("BAR " + index + " cannot have");
  }

  @Test
  void anMsixBarStandsForMsix() {
    var without = PciFunctionDescription.of(0x1234, 1, 0).bar(PciBar.memory32(0, 4096)).build();
    var with =
        PciFunctionDescription.of(0x1234, 1, 0).bar(PciBar.memory32(0, 4096)).msixBar(1).build();
    DeviceAgreement msix = OFFER.accept().take(DeviceCapabilities.MSIX).build();
    DeviceAgreement pin = OFFER.accept().take(DeviceCapabilities.INTX).build();

    assertThat(with.isWithin(msix, OFFER)).isTrue();
    assertThat(without.isWithin(msix, OFFER)).isFalse();
    assertThat(with.isWithin(pin, OFFER)).isFalse();
    assertThat(without).isNotEqualTo(with);
  }

  @Test
  void aBarBeyondTheOfferIsNotWithinIt() {
    var large = PciFunctionDescription.of(0x1234, 1, 0).bar(PciBar.memory32(0, 2 << 20)).build();
    assertThat(large.isWithin(OFFER.accept().build(), OFFER)).isFalse();
  }

  @Test
  void anAgreementTakesWhatIsOfferedOnly() {
    DeviceOffer little = DeviceOffer.of(Set.of(DeviceCapabilities.INTX), 2, 1, 4096);
    DeviceAgreement agreement =
        little.accept().take(DeviceCapabilities.MSIX, DeviceCapabilities.INTX).vectors(9).build();

    assertThat(agreement.capabilities()).containsExactly(DeviceCapabilities.INTX);
    assertThat(agreement.vectors()).isEqualTo(2);
    assertThat(agreement.isWithin(little)).isTrue();
    assertThat(agreement.hasMessages()).isFalse();
  }

  @Test
  void msiAndMsixDoNotGoTogether() {
    DeviceAgreement both =
        OFFER.accept().take(DeviceCapabilities.MSIX, DeviceCapabilities.MSI).build();
    assertThat(both.isWithin(OFFER)).isFalse();
  }
}
