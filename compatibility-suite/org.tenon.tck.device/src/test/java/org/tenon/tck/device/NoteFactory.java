package org.tenon.tck.device;

import java.util.List;
import org.tenon.api.Identifier;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.device.DeviceAgreement;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DeviceDriver;
import org.tenon.spi.device.DeviceDriverFactory;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DeviceOffer;

/** Makes {@link NoteFunction}s with one defect. */
final class NoteFactory implements DeviceDriverFactory {
  private final Defect defect;
  private int mood;

  /** The state that functions share where that is the defect. */
  private final NoteFunction.Registers shared = new NoteFunction.Registers();

  NoteFactory(Defect defect) {
    this.defect = defect;
  }

  @Override
  public Identifier id() {
    return new Identifier("note");
  }

  @Override
  public VersionRange spi() {
    return VersionRange.parse("[1.0,2.0)");
  }

  @Override
  public List<ConfigKey> configKeys() {
    return List.of();
  }

  @Override
  public DeviceAgreement negotiate(DeviceOffer offer) {
    DeviceOffer from =
        defect == Defect.TAKES_MORE_THAN_OFFERED
            ? DeviceOffer.of(DeviceCapabilities.ALL, 64, 1, 4096)
            : offer;
    int vectors = defect == Defect.ANSWERS_BY_MOOD ? 1 + (mood++ & 1) : 2;
    boolean msi = defect == Defect.TAKES_MSI_BESIDES_MSIX || !offer.offers(DeviceCapabilities.MSIX);
    return from.accept()
        .take(msi ? DeviceCapabilities.MSI : DeviceCapabilities.MSIX)
        .take(
            DeviceCapabilities.MSIX,
            DeviceCapabilities.INTX,
            DeviceCapabilities.BUS_MASTER,
            DeviceCapabilities.FUNCTION_RESET)
        .vectors(vectors)
        .build();
  }

  @Override
  public DeviceDriver open(DeviceAgreement agreement, Config config, DeviceHost host) {
    NoteFunction.Registers registers =
        defect == Defect.SHARES_ITS_REGISTERS ? shared : new NoteFunction.Registers();
    return new NoteFunction(defect, agreement, host, registers);
  }
}
