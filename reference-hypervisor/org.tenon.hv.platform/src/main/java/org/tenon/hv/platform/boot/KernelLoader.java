package org.tenon.hv.platform.boot;

import java.util.OptionalLong;
import org.tenon.hv.memory.GuestMemory;

/** Recognises a kernel file and puts it into guest memory. */
public final class KernelLoader {
  private KernelLoader() {}

  /**
   * Loads kernel, initial RAM disk and boot information.
   *
   * @param memory RAM that no processor runs in yet
   * @return how the bootstrap processor begins
   * @throws BootException when the file is of no known kind, truncated, or too large for the memory
   */
  public static BootEntry load(BootRequest request, GuestMemory memory) throws BootException {
    ImageReader image = new ImageReader(request.kernel());
    BootMemory target = new BootMemory(memory);
    if (BzImage.recognises(image)) {
      return BzImage.load(image, request, target);
    }
    int multiboot = MultibootImage.findHeader(image);
    if (ElfImage.recognises(image)) {
      ElfImage elf = ElfImage.read(image);
      OptionalLong entry = PvhImage.entry(image, elf);
      if (entry.isPresent()) {
        return PvhImage.load(image, elf, entry.getAsLong(), request, target);
      }
      if (multiboot < 0) {
        throw new BootException(
            "the kernel is an ELF file with neither a PVH note nor a Multiboot header; use a Linux"
                + " bzImage, or a vmlinux built with CONFIG_PVH");
      }
    }
    if (multiboot >= 0) {
      return MultibootImage.load(image, multiboot, request, target);
    }
    throw new BootException(
        "the kernel file (%d bytes) is neither a Linux bzImage nor a PVH or Multiboot kernel; name one with --kernel"
            .formatted(image.size()));
  }
}
