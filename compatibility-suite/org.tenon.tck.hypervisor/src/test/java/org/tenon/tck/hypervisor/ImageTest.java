package org.tenon.tck.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.tck.hypervisor.guest.Arithmetic;
import org.tenon.tck.hypervisor.guest.Unfit;
import org.tenon.tck.hypervisor.image.ImageBuilder;

/** The compiler of the image: the Java virtual machine says what its code must compute. */
@Timeout(300)
class ImageTest {
  @Test
  void computesWhatAJavaVirtualMachineDoes(@TempDir Path folder)
      throws IOException, InterruptedException {
    String serial = Qemu.bare(ImageBuilder.build(Arithmetic.class), folder);

    assertThat(serial.lines().findFirst())
        .hasValue(HexFormat.of().toHexDigits(Arithmetic.result(12345)));
  }

  @Test
  void theSameClassesGiveTheSameImage() {
    assertThat(ProbeImage.build()).isEqualTo(ProbeImage.build()).hasSizeLessThan(256 << 10);
  }

  @Test
  void saysWhatAnImageCannotHave() {
    assertThatThrownBy(() -> ImageBuilder.build(Unfit.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unfit.main uses")
        .hasMessageContaining("an image has static methods over int, long and string literals");
  }
}
