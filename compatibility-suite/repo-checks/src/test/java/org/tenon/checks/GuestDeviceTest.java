package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.app.guest.DebianKernel;

/**
 * A PCI function as its user has it: the built command boots Debian's cloud kernel, whose shell
 * speaks to the sample {@code pci-hello} through sysfs and physical addresses, as the tutorial
 * does.
 */
class GuestDeviceTest {
  /** The tutorial's commands; 64 KiB of RAM at 240 MiB are kept from Linux for the greeting. */
  private static final String SCRIPT =
      """
      cd /sys/bus/pci/devices/0000:00:01.0
      echo ids $(cat vendor device class)
      echo 1 > enable
      bar=$(head -n 1 resource | cut -d ' ' -f 1)
      r() { devmem $((bar + $1)) 32 $2; }
      echo identity $(r 0)
      r 4 0xcafe
      echo scratch $(r 4)
      r 8 0xf000000
      r 20 16
      echo refused $(r 24)
      printf '\\006\\000' | dd of=config bs=1 seek=4 conv=notrunc 2>/dev/null
      r 20 16
      echo status $(r 24) greetings $(r 28)
      echo text $(devmem 0xf000000 32) $(devmem 0xf000004 32)
      echo interrupt $(r 32)
      r 32 1
      echo acknowledged $(r 32)
      echo 1 > reset
      echo reset $(r 4) $(r 24)
      dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
      """;

  @TempDir Path folder;

  @BeforeAll
  static void fetch(@TempDir Path at) throws IOException, InterruptedException {
    Guests.fetch(at, DebianKernel.CLOUD);
  }

  @Test
  void linuxReachesTheFunction() throws IOException, InterruptedException {
    // Kernel parameters keep neither quotes nor "=" in words; one word of base64 keeps all.
    String script = Base64.getEncoder().encodeToString(SCRIPT.getBytes(StandardCharsets.UTF_8));
    BuiltCommand.Ended ended =
        BuiltCommand.tenon(
            folder,
            Map.of(),
            "run",
            "--bundle",
            "samples/pci-hello",
            "--device",
            "driver=pci-hello",
            "--append",
            "console=ttyS0 panic=-1 quiet iomem=relaxed memmap=64K$0xf000000 tenon.exec=echo "
                + script
                + "|base64 -d|sh");
    assertThat(ended.status()).as("%s%n%s", ended.err(), ended.out()).isZero();
    assertThat(ended.out().replace("\r", ""))
        .contains(
            """
            ids 0x1234 0x7e40 0xff0000
            identity 0x6F6C6C48
            scratch 0x0000CAFE
            refused 0x0000000C
            status 0x00000000 greetings 0x00000001
            text 0x6C6C6548 0x7266206F
            interrupt 0x00000001
            acknowledged 0x00000000
            reset 0x00000000 0xFFFFFFFF
            tenon-guest: exit 0
            """);
  }
}
