package org.tenon.hv.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tenon.tck.hypervisor.ProbeImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tenon probe image}: writes the kernel. */
@Command(
    name = "image",
    header = "Write the probe's kernel, an ELF file with a PVH note.",
    footer = {
      "",
      "Give the machine disks that hold nothing of worth: the probe writes to them.",
      "Examples:",
      "  tenon probe image probe.elf",
      "  qemu-system-x86_64 -M q35 -nographic -no-reboot -kernel probe.elf | tee probe.log",
      "  tenon probe judge probe.log"
    })
final class ProbeImageCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "Where it goes; an older one is replaced.")
  private Path file = Path.of("probe.elf");

  ProbeImageCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException {
    byte[] image = ProbeImage.build();
    try {
      Files.write(file, image);
    } catch (IOException e) {
      throw new InputException("cannot write " + file + ": " + e.getMessage(), e);
    }
    console.print("%s  %,d bytes".formatted(file, image.length));
    return ExitStatus.OK;
  }
}
